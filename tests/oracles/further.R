# Values of base R for tests/oracles/test_further.py: power, confidence sequences, dose-response, components of variance.
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

# A quadratic with seeds as blocks; each seed's own fit; Fieller's set; Page's L.
rows <- data[data$group == "dose", ]
rates <- sort(unique(rows$a))
values <- t(sapply(split(rows, rows$b), function(one) one$value[order(one$a)]))
n <- nrow(values)
k <- length(rates)
own <- t(apply(values, 1, function(y) coef(lm(y ~ rates + I(rates^2)))[2:3]))
b <- colMeans(own)
v <- cov(own) / n
put("dose", "quadratic", "b1", b[1])
put("dose", "quadratic", "b2", b[2])
put("dose", "quadratic", "df", lm(value ~ factor(b) + a + I(a^2), rows)$df.residual)
put("dose", "quadratic", "optimum", -b[1] / (2 * b[2]))
t <- qt(0.975, n - 1)
outside <- function(x) (b[1] + 2 * b[2] * x)^2 - t^2 * (v[1, 1] + 4 * x * v[1, 2] + 4 * x^2 * v[2, 2])
at <- -b[1] / (2 * b[2])
put("dose", "quadratic", "optimum_low", uniroot(outside, c(at - 5, at), tol = 1e-14)$root)
put("dose", "quadratic", "optimum_high", uniroot(outside, c(at, at + 5), tol = 1e-14)$root)
slopes <- apply(values, 1, function(y) coef(lm(y ~ rates))[2])
test <- t.test(slopes)
put("dose", "gap", "gap_slope_mean", mean(slopes))
put("dose", "gap", "gap_slope_t", unname(test$statistic))
put("dose", "gap", "gap_slope_p", test$p.value)
ranks <- t(apply(values, 1, rank))
L <- sum(colSums(ranks) * seq_len(k))
put("dose", "page", "page_l", L)
if (!any(apply(values, 1, function(y) any(duplicated(y))))) {
  z <- (L - n * k * (k + 1)^2 / 4) / sqrt(n * k^2 * (k + 1)^2 * (k - 1) / 144)
  put("dose", "page", "page_p", 2 * pnorm(-abs(z)))
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
