# Values of base R for tests/oracles/test_items.py.
# From the repository root:  Rscript tests/oracles/items.R > tests/oracles/items_r.csv
# Columns: gained, lost, items, alpha, size, null, key, value. Nothing is taken from Tango's closed form: the most likely
# shares under a difference of d are where the derivative of the log-likelihood is 0, and both ends are searched for.
cat("#", R.version.string, "\n")
cat("gained,lost,items,alpha,size,null,key,value\n")

# Shares that only the first, and only the second gets right, where the true difference is d.
shares <- function(b, c, n, d) {
  over <- function(count, share) if (count == 0) 0 else count / share
  slope <- function(q) over(b, q + d) + over(c, q) - 2 * over(n - b - c, 1 - 2 * q - d)
  low <- max(0, -d)
  high <- (1 - d) / 2
  inner <- max((high - low) * 1e-13, 1e-15)
  q <- if (b + c < n || high - low == 0) {
    if (slope(low + inner) < 0) low else uniroot(slope, c(low + inner, high - inner), tol = 1e-16, maxiter = 10000)$root
  } else {
    high  # nobody agrees: all of the probability is in the two
  }
  c(q + d, q)
}
score <- function(b, c, n, d) {
  p <- shares(b, c, n, d)
  (b - c - n * d) / sqrt(n * (p[1] + p[2] - d^2))
}
end_of <- function(b, c, n, limit, edge) {
  found <- (b - c) / n
  if (found == edge) return(edge)
  off <- function(d) min(abs(score(b, c, n, d)), 1e3) - limit
  uniroot(off, sort(c(found + sign(edge - found) * 1e-12, edge - sign(edge) * 1e-12)), tol = 1e-16, maxiter = 10000)$root
}
cases <- list(
  c(30, 18, 200), c(140, 95, 2000), c(95, 140, 2000), c(6, 16, 161), c(1, 0, 30), c(5, 0, 30), c(0, 7, 30),
  c(0, 0, 30), c(0, 0, 10000), c(3, 2, 30), c(412, 371, 10000), c(1, 0, 10000), c(60, 0, 10000), c(14, 16, 30),
  c(1, 1, 2)
)
for (case in cases) for (asked in list(c(0.05, 1, 0), c(0.05, 3, 0), c(0.01, 7, 0), c(0.05, 2, 0.0125), c(0.05, 2, -0.4))) {
  b <- case[1]; c <- case[2]; n <- case[3]; alpha <- asked[1]; size <- asked[2]; null <- asked[3]
  put <- function(key, value) cat(sprintf("%d,%d,%d,%g,%d,%g,%s,%.17g\n", b, c, n, alpha, size, null, key, value))
  limit <- qnorm(alpha / (2 * size), lower.tail = FALSE)
  z <- if (b == c && null == 0) 0 else score(b, c, n, null)
  put("items_difference", (b - c) / n)
  put("items_low", end_of(b, c, n, limit, -1))
  put("items_high", end_of(b, c, n, limit, 1))
  put("p_items", min(1, size * 2 * pnorm(-abs(z))))
  if (null == 0) put("p_mcnemar_items", if (b + c == 0) 1 else binom.test(b, b + c)$p.value)
}
# Groups of items of unlike size: t.test of the means of groups. Gains are written out as a rule of group and place.
for (groups in c(10, 24)) for (size in c(1, 4)) {
  group <- rep(seq_len(groups), 3 + (seq_len(groups) * 7) %% 11)
  gain <- ((seq_along(group) * 13 + group * 5) %% 7 == 0) - ((seq_along(group) * 11) %% 9 == 0)
  means <- as.vector(tapply(gain, group, mean))
  told <- t.test(means, conf.level = 1 - 0.05 / size)
  put <- function(key, value) cat(sprintf("%d,-1,%d,0.05,%d,0,%s,%.17g\n", groups, length(group), size, key, value))
  put("items_difference", mean(means))
  put("items_low", told$conf.int[1])
  put("items_high", told$conf.int[2])
  put("p_items", min(1, size * told$p.value))
}
