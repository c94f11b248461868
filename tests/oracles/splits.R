# Values of base R for tests/oracles/test_splits.py.
# From the repository root:  Rscript tests/oracles/splits.R > tests/oracles/splits_r.csv
# Columns: n, fraction, size, key, value. The corrected test is found as generalised least squares: differences whose
# covariance is that of splits that correlate by the fraction are made independent by its Cholesky factor, and lm does the
# rest. Differences are written out as a rule of their place.
cat("#", R.version.string, "\n")
cat("n,fraction,size,key,value\n")
for (n in c(2, 3, 5, 10, 30, 100)) for (fraction in c(0.02, 0.1, 0.2, 0.5, 0.9)) for (size in c(1, 3)) {
  place <- seq_len(n)
  difference <- ((place * 37 + 11) %% 101 - 30) / 1000
  covariance <- matrix(fraction, n, n)
  diag(covariance) <- 1
  lower <- t(chol(covariance))
  white <- lm(forwardsolve(lower, difference) ~ 0 + forwardsolve(lower, rep(1, n)))
  told <- coef(summary(white))
  put <- function(key, value) cat(sprintf("%d,%g,%d,%s,%.17g\n", n, fraction, size, key, value))
  put("corrected_standard_error", told[2])
  put("corrected_t", told[3])
  put("p_corrected", min(1, size * told[4]))
  ends <- confint(white, level = 1 - 0.05 / size)
  put("corrected_low", ends[1])
  put("corrected_high", ends[2])
  inner <- confint(white, level = 1 - 0.1 / size)
  put("corrected_low_90", inner[1])
  put("corrected_high_90", inner[2])
}
