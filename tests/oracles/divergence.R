# Values of base R for tests/oracles/test_divergence.py.
# From the repository root:  Rscript tests/oracles/divergence.R > tests/oracles/divergence_r.csv
# Clopper-Pearson (low, high) of k in n, and the exact McNemar p of discordant counts b and c.
cat("#", R.version.string, "\n")
cat("method,first,second,alpha,low,high\n")
for (n in c(1, 2, 5, 10, 20, 128, 1000)) {
  for (k in unique(c(0, 1, floor(n / 3), n - 1, n))) {
    for (alpha in c(0.05, 0.01, 0.2)) {
      limits <- binom.test(k, n, conf.level = 1 - alpha)$conf.int
      cat(sprintf("clopper_pearson,%d,%d,%g,%.17g,%.17g\n", k, n, alpha, limits[1], limits[2]))
    }
  }
}
for (b in c(0, 1, 2, 5, 9, 30)) {
  for (c in c(0, 1, 4, 12)) {
    p <- if (b + c == 0) 1 else binom.test(b, b + c, 0.5)$p.value
    cat(sprintf("mcnemar,%d,%d,0.05,%.17g,%.17g\n", b, c, p, p))
  }
}
