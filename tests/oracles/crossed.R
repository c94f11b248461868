# Values of base R for tests/oracles/test_crossed.py: the two-way layout by aov, the rest from its mean squares.
# From the repository root:  Rscript tests/oracles/crossed.R > tests/oracles/crossed_r.csv
# In the data set "gap" the metric is offset + control - condition, else condition - control. A data set with "-less" lacks
# its first seed.
alpha <- 0.05
data <- read.csv("tests/oracles/crossed_data.csv", stringsAsFactors = FALSE)
cat("#", R.version.string, "\n")
cat("dataset,key,value\n")
for (name in c(unique(data$dataset), "square-less", "gap-less")) {
  put <- function(key, value) cat(sprintf("%s,%s,%.17g\n", name, key, value))
  dataset <- sub("-less", "", name)
  rows <- data[data$dataset == dataset & (name == dataset | data$seed > 0), ]
  rows$y <- if (dataset == "gap") rows$offset + rows$control - rows$condition else rows$condition - rows$control
  S <- length(unique(rows$seed))
  N <- length(unique(rows$image))
  ms <- summary(aov(y ~ factor(seed) + factor(image), rows))[[1]][["Mean Sq"]]
  v <- max(ms[1] + ms[2] - ms[3], ms[1], ms[2])
  df <- max(v^2 / (ms[1]^2 / (S - 1) + ms[2]^2 / (N - 1) + ms[3]^2 / ((S - 1) * (N - 1))), min(S, N) - 1)
  se <- sqrt(v / (S * N))
  mean <- mean(rows$y)
  put("ms_seeds", ms[1])
  put("ms_images", ms[2])
  put("ms_interaction", ms[3])
  put("mean", mean)
  put("se_crossed", se)
  put("df_crossed", df)
  put("ci_low_crossed", mean - qt(1 - alpha / 2, df) * se)
  put("ci_high_crossed", mean + qt(1 - alpha / 2, df) * se)
  put("p_crossed", 2 * pt(-abs(mean) / se, df))
  put("test_set_floor", sqrt(max(0, ms[2] - ms[3]) / (S * N)))
  # the variance of one arm over seeds: what a new test set would show of it, and what is this one's
  own <- summary(aov(condition ~ factor(seed) + factor(image), rows))[[1]][["Mean Sq"]]
  put("split_total", var(tapply(rows$condition, rows$seed, mean)))
  put("split_lasting", max(0, own[1] - own[3]) / N)
  put("split_churn", own[3] / N)
}
