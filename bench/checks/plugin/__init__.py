"""Whether a regulariser keeps the laws that every one must keep, whoever wrote it."""
