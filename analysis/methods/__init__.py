"""Statistical methods, one file each: pairs and a question in, a result out."""
