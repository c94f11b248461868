"""The running of a study: what is to do, who does it, and what is known of the machine."""
