# Values of base R for tests/oracles/test_further.py: power, sequences, planned looks, dose-response, the best condition,
# components of variance, signed ranks of many seeds. NA: the value must be null.
# From the repository root:  Rscript tests/oracles/further.R > tests/oracles/further_r.csv
data <- read.csv("tests/oracles/further_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "\n")
cat("group,case,key,value\n")
put <- function(group, case, key, value) cat(sprintf("%s,%s,%s,%.17g\n", group, case, key, value))

# Power of the two-sided paired t test, either tail counted.
achieved <- function(n, delta, sd, alpha) {
  power.t.test(n, delta, sd, alpha, type = "paired", alternative = "two.sided", strict = TRUE)$power
}
for (case in c("0.4 0.1 0.05 0.8 1", "0.4 0.3 0.05 0.8 7", "1 0.5 0.01 0.9 1", "0.02 0.011 0.05 0.95 3", "1 3 0.05 0.8 1")) {
  x <- as.numeric(strsplit(case, " ")[[1]])
  n <- 2
  while (achieved(n, x[2], x[1], x[3] / x[5]) < x[4]) n <- n + 1
  put("power", case, "n", n)
  put("power", case, "achieved", achieved(n, x[2], x[1], x[3] / x[5]))
  found <- uniroot(function(delta) achieved(20, delta, x[1], x[3] / x[5]) - x[4], c(1e-9, 9 * x[1]), tol = 1e-14)$root
  put("power", case, "detectable_difference", found)
}

# The normal-mixture t confidence sequence: where the e-value of a shifted mean is 1 / alpha, by root finding.
log_e <- function(t, n, g) {
  -log(1 + n * g) / 2 + n / 2 * (log1p(t^2 / (n - 1)) - log1p(t^2 / ((n - 1) * (1 + n * g))))
}
d <- data$value[data$group == "sequence"]
for (alpha in c(0.05, 0.05 / 7)) {
  for (n in seq_along(d)) {
    seen <- d[1:n]
    case <- sprintf("%.10g %d", alpha, n)
    put("sequence", case, "mean", mean(seen))
    if (n == 1) next
    se <- sd(seen) / sqrt(n)
    put("sequence", case, "log_e_value", log_e(mean(seen) / se, n, 1))
    limit <- n / 2 * log(1 + n) - log(1 + n) / 2 # of log_e as t grows
    if (limit > -log(alpha)) {
      reach <- uniroot(function(t) log_e(t, n, 1) + log(alpha), c(0, 1e6), tol = 1e-12)$root
      put("sequence", case, "half_width", reach * se)
    }
  }
}

# Boundaries of planned looks: Lan and DeMets' spending of O'Brien and Fleming's type, by nested integrals.
spent <- function(fraction, alpha) 4 * pnorm(qnorm(1 - alpha / 4) / sqrt(fraction), lower.tail = FALSE)
over <- function(f, low, high) integrate(f, low, high, rel.tol = 1e-12, subdivisions = 1000L)$value
for (case in c("1 0.05", "0.5 1 0.05", "0.2 1 0.01", "0.3333333333333333 0.6666666666666666 1 0.007142857142857143")) {
  x <- as.numeric(strsplit(case, " ")[[1]])
  alpha <- x[length(x)]
  at <- x[-length(x)]
  z <- qnorm(spent(at[1], alpha) / 2, lower.tail = FALSE)
  # densities of the score among paths still inside, each over the one before
  inside <- list(function(y) dnorm(y, 0, sqrt(at[1])))
  for (look in seq_along(at)[-1]) {
    local({
      before <- inside[[look - 1]]
      bound <- z[look - 1] * sqrt(at[look - 1])
      step <- sqrt(at[look] - at[look - 1])
      inside[[look]] <<- function(x) sapply(x, function(one) over(function(y) before(y) * dnorm(one, y, step), -bound, bound))
      leaves <- function(c) {
        edge <- c * sqrt(at[look])
        over(function(y) before(y) * (pnorm(-edge, y, step) + pnorm(edge, y, step, lower.tail = FALSE)), -bound, bound)
      }
      allowed <- spent(at[look], alpha) - spent(at[look - 1], alpha)
      z[look] <<- uniroot(function(c) leaves(c) - allowed, c(1, 6), tol = 1e-13)$root
    })
  }
  for (look in seq_along(at)) put("planned", case, look, z[look])
}

# A quadratic with seeds as blocks: each seed's own fit; Fieller's set, cut off at the tested range; Page's L.
permutations <- function(v) {
  if (length(v) < 2) return(list(v))
  do.call(c, lapply(seq_along(v), function(i) lapply(permutations(v[-i]), function(rest) c(v[i], rest))))
}
for (case in grep("^dose", unique(data$group), value = TRUE)) {
  rows <- data[data$group == case, ]
  rates <- sort(unique(rows$a))
  values <- t(sapply(split(rows, rows$b), function(one) one$value[order(one$a)]))
  n <- nrow(values)
  k <- length(rates)
  own <- t(apply(values, 1, function(y) coef(lm(y ~ rates + I(rates^2)))[2:3]))
  b <- colMeans(own)
  v <- cov(own) / n
  put(case, "quadratic", "b1", b[1])
  put(case, "quadratic", "b2", b[2])
  put(case, "quadratic", "df", lm(value ~ factor(b) + a + I(a^2), rows)$df.residual)
  t <- qt(0.975, n - 1)
  outside <- function(x) (b[1] + 2 * b[2] * x)^2 - t^2 * (v[1, 1] + 4 * x * v[1, 2] + 4 * x^2 * v[2, 2])
  at <- -b[1] / (2 * b[2])
  bounded <- b[2]^2 > t^2 * v[2, 2] # else x far out stays in the set
  bends <- (b[2] > 0) == (case == "dose_loss")
  put(case, "quadratic", "identified", as.numeric(bounded && bends))
  clip <- function(x) min(max(x, rates[1]), rates[k])
  ends <- if (bounded && bends) {
    c(at, uniroot(outside, c(at - 50, at), tol = 1e-14)$root, uniroot(outside, c(at, at + 50), tol = 1e-14)$root)
  } else {
    rep(NA, 3)
  }
  for (i in 1:3) put(case, "quadratic", c("optimum", "optimum_low", "optimum_high")[i], if (is.na(ends[i])) NA else clip(ends[i]))
  slopes <- apply(values, 1, function(y) coef(lm(y ~ rates))[2])
  test <- t.test(slopes)
  put(case, "gap", "gap_slope_mean", mean(slopes))
  put(case, "gap", "gap_slope_t", unname(test$statistic))
  put(case, "gap", "gap_slope_p", test$p.value)
  # mean and variance of L by all orders of each seed's midranks
  ranks <- t(apply(values, 1, rank))
  L <- sum(colSums(ranks) * seq_len(k))
  each <- apply(ranks, 1, function(r) {
    all <- sapply(permutations(r), function(order) sum(order * seq_len(k)))
    c(mean(all), mean(all^2) - mean(all)^2)
  })
  put(case, "page", "page_l", L)
  put(case, "page", "page_p", 2 * pnorm(-abs(L - sum(each[1, ])) / sqrt(sum(each[2, ]))))
}

# The best of several conditions, the control first and never picked; c: 1 where the value is of the validation set.
rows <- data[data$group == "selection", ]
wide <- function(split) t(sapply(split(rows[rows$c == split, ], rows$b[rows$c == split]), function(one) one$value[order(one$a)]))
n <- nrow(wide(0))
for (case in c("higher", "lower", "control")) {
  lower <- case == "lower"
  ahead <- if (case == "control") outer(rep(1, n), c(1, rep(0, ncol(wide(0)) - 1))) else 0 # the control beats all
  test <- wide(0) + ahead
  validation <- wide(1) + ahead
  pick <- if (lower) which.min else which.max
  chosen <- 1 + which.max(colMeans(validation)[-1]) # an accuracy, whatever the metric
  put("selection", case, "chosen_on_validation", chosen - 1)
  put("selection", case, "validation_difference_of_chosen", mean(validation[, chosen] - validation[, 1]))
  put("selection", case, "test_difference_of_chosen", mean(test[, chosen] - test[, 1]))
  crossfit <- mean(sapply(seq_len(n), function(s) test[s, 1 + pick(colMeans(test[-s, -1]))] - test[s, 1]))
  naive <- mean(test[, 1 + pick(colMeans(test[, -1]))] - test[, 1])
  put("selection", case, "crossfit_difference", crossfit)
  put("selection", case, "optimism", if (lower) crossfit - naive else naive - crossfit)
  best <- pick(colMeans(test))
  others <- setdiff(seq_len(ncol(test)), best)
  p <- sapply(others, function(k) {
    t.test(test[, best], test[, k], paired = TRUE, alternative = if (lower) "less" else "greater")$p.value
  })
  for (k in seq_len(ncol(test))) {
    worse <- k %in% others[p.adjust(p, "holm") < 0.05]
    put("selection", case, sprintf("in_best_set_%d", k - 1), as.numeric(!worse))
  }
}

# Components of a full crossing of three sources: mean squares by aov, components by their expectations.
rows <- data[data$group == "components", ]
A <- factor(rows$a)
B <- factor(rows$b)
C <- factor(rows$c)
ms <- summary(aov(rows$value ~ A * B * C))[[1]]
m <- setNames(ms[["Mean Sq"]], trimws(rownames(ms)))
size <- c(nlevels(A), nlevels(B), nlevels(C))
for (name in names(m)) put("components", gsub(":", "", name), "mean_square", m[[name]])
put("components", "ABC", "estimate", m[["A:B:C"]])
put("components", "AB", "estimate", (m[["A:B"]] - m[["A:B:C"]]) / size[3])
put("components", "AC", "estimate", (m[["A:C"]] - m[["A:B:C"]]) / size[2])
put("components", "BC", "estimate", (m[["B:C"]] - m[["A:B:C"]]) / size[1])
put("components", "A", "estimate", (m[["A"]] - m[["A:B"]] - m[["A:C"]] + m[["A:B:C"]]) / (size[2] * size[3]))
put("components", "B", "estimate", (m[["B"]] - m[["A:B"]] - m[["B:C"]] + m[["A:B:C"]]) / (size[1] * size[3]))
put("components", "C", "estimate", (m[["C"]] - m[["A:C"]] - m[["B:C"]] + m[["A:B:C"]]) / (size[1] * size[2]))

# An upper limit of a standard deviation.
put("sd", "12 0.4", "upper", 0.4 * sqrt(11 / qchisq(0.05, 11)))

# A crossing of two sources.
rows <- data[data$group == "pairs", ]
A <- factor(rows$a)
B <- factor(rows$b)
ms <- summary(aov(rows$value ~ A * B))[[1]][["Mean Sq"]]
put("pairs", "A", "estimate", (ms[1] - ms[3]) / nlevels(B))
put("pairs", "B", "estimate", (ms[2] - ms[3]) / nlevels(A))
put("pairs", "AB", "estimate", ms[3])

# Signed ranks of more seeds than are enumerated: ties and zeros, normal with both corrections.
for (case in c("240 17 50", "203 1 40", "230 30 12")) {
  x <- as.numeric(strsplit(case, " ")[[1]])
  d <- (seq_len(x[1]) * 37) %% 101 - x[3]
  d <- d + (d > 0) * x[2]
  ranked <- suppressWarnings(wilcox.test(d, exact = FALSE, correct = TRUE))
  put("signed_rank", case, "v", unname(ranked$statistic))
  put("signed_rank", case, "p", ranked$p.value)
}
