# Values of base R for tests/oracles/test_groups_of_items.py: each group left out in turn, then mean squares.
# From the repository root:  Rscript tests/oracles/groups.R > tests/oracles/groups_r.csv
# In the data set "gap" the metric is offset + control - condition, else condition - control. In "single" every item is
# a group of its own: the pseudo-values are then the gains themselves, and quantiles are normal.
alpha <- 0.05
data <- read.csv("tests/oracles/groups_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "\n")
cat("dataset,key,value\n")
for (name in unique(data$dataset)) {
  put <- function(key, value) cat(sprintf("%s,%s,%.17g\n", name, key, value))
  rows <- data[data$dataset == name, ]
  rows$y <- if (name == "gap") rows$offset + rows$control - rows$condition else rows$condition - rows$control
  groups <- sort(unique(rows$group))
  G <- length(groups)
  S <- length(unique(rows$seed))
  # the jackknife: G times the mean of all items less G - 1 times that without the group, at each seed
  cells <- do.call(rbind, lapply(unique(rows$seed), function(seed) {
    own <- rows[rows$seed == seed, ]
    whole <- mean(own$y)
    pseudo <- sapply(groups, function(group) G * whole - (G - 1) * mean(own$y[own$group != group]))
    pseudo - whole
  }))
  sizes <- as.vector(table(rows$group[rows$seed == 0]))
  effective <- sum(sizes)^2 / sum(sizes^2)
  d <- tapply(rows$y, rows$seed, mean)
  by_group <- colMeans(cells)
  left <- sweep(cells, 2, by_group)
  ms <- c(G * var(d), S * sum(by_group^2) / (G - 1), sum(left^2) / ((S - 1) * (G - 1)))
  v <- max(ms[1] + ms[2] - ms[3], ms[1], ms[2])
  free <- effective - 1
  df <- max(v^2 / (ms[1]^2 / (S - 1) + ms[2]^2 / free + ms[3]^2 / ((S - 1) * free)), min(S - 1, free))
  mean <- mean(rows$y)
  floor2 <- function(component) max(0, component) / (S * G)
  z <- function(tail) if (name == "single") qnorm(tail, lower.tail = FALSE) else qt(tail, free, lower.tail = FALSE)
  # the component of single items is a sum of one term an item: its limits are by the spread of these; the limits of the
  # mean square of groups are on its logarithm, with each group left out in turn
  terms <- S * by_group^2 - apply(cells, 2, var)
  error <- sqrt(G) * sd(terms) / (G - 1)
  without <- sapply(1:G, function(g) log(sum(by_group^2) - by_group[g]^2 * G / (G - 1)))
  factor <- exp(z(0.025) * sqrt((G - 1) / G * sum((without - mean(without))^2)))
  single <- name == "single"
  low <- if (single) ms[2] - ms[3] - z(0.025) * error else ms[2] / factor - ms[3]
  high <- if (single) ms[2] - ms[3] + z(0.025) * error else min(ms[2] * factor - ms[3], max(ms[2] - ms[3], S * G / effective))
  put("se_crossed", sqrt(v / (S * G)))
  put("df_crossed", df)
  put("ci_low_crossed", mean - qt(1 - alpha / 2, df) * sqrt(v / (S * G)))
  put("ci_high_crossed", mean + qt(1 - alpha / 2, df) * sqrt(v / (S * G)))
  put("p_crossed", 2 * pt(-abs(mean) / sqrt(v / (S * G)), df))
  put("test_set_floor", sqrt(floor2(ms[2] - ms[3])))
  put("test_set_floor_low", sqrt(floor2(low)))
  put("test_set_floor_high", sqrt(floor2(high)))
  put("test_set_floor_df", if (name == "single") NaN else free)
  put("test_groups", if (name == "single") NaN else G)
  put("test_images", sum(sizes))
  # the headline of the mean: the t interval over seeds, each end moved by what new groups add
  reach <- function(tail) sqrt((qt(tail, S - 1) * sd(d) / sqrt(S))^2 + z(tail)^2 * floor2(ms[2] - ms[3]))
  put("mean_low_crossed_simultaneous", mean - reach(alpha / 2))
  put("mean_high_crossed_simultaneous", mean + reach(alpha / 2))
  put("mean_low_crossed_simultaneous_90", mean - reach(alpha))
  put("mean_high_crossed_simultaneous_90", mean + reach(alpha))
  p <- uniroot(function(log_p) reach(exp(log_p) / 2) - abs(mean), c(-60, -1e-9), tol = 1e-15)
  put("p_mean_crossed_adjusted", exp(p$root))
}
