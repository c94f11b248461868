"""The entries: several tasks, what they show together, and what they show of others."""

from analysis.catalogue.entry import CALIBRATION, Group, Method, keys

_ORACLE = "tests/oracles/test_tasks.py"
_ANSWER = "tests/unit/analysis/answer/test_tasks.py"
_SHOWN = "estimate low high low_90 high_90 p verdict reason"

TASKS = Method(
    title="Tasks",
    answers="The same conditions on several data sets or models. Each task has a comparison of its own under `tasks`, "
    "with the keys of any comparison; seeds are blocks within a task, never across.",
    fills=(
        keys("compare", "scale"),
        keys("compare.tasks[]", "task"),
        keys("compare.dropped[]", "task"),
        keys("compare.across_tasks[]", "condition n_tasks scope"),
    ),
    assumes="Tasks are independent of each other. On a task the family is all K conditions on all T tasks, over tasks "
    "it is the K conditions. One estimand leads on all tasks: the planned one, where the task with fewest seeds has "
    "enough for it. On the scale log-ratio every value is positive; diverged runs are left out and counted; nothing is "
    "claimed of new test images. There the margin is a ratio minus 1.",
    formula="""\
each task: as a single comparison, with K T in place of K
scale log-ratio: d_s = log metric(condition, s) - log metric(control, s);   margin log(1 + margin)
scope: seeds_and_images where the test images of every task are known, seeds_and_groups where all lie in groups,
       seeds_and_images_or_groups where those of some tasks do, else seeds; tasks where the task is the unit""",
    source=("Demsar 2006, Journal of Machine Learning Research 7, 1-30 (several data sets).",),
    computed_by=("analysis.answer.tasks:compare_tasks",),
    checked_by=(
        f"{_ANSWER}::test_on_each_task_errors_are_divided_by_conditions_and_tasks",
        f"{_ANSWER}::test_on_the_scale_of_ratios_the_unit_of_a_task_does_not_matter",
    ),
    example="""\
>>> from analysis.catalogue.example import tasks
>>> from analysis.answer.tasks import compare_tasks
>>> found = compare_tasks(tasks(), "test_accuracy", "none")
>>> show({"tasks": list(found.tasks), "low": found.tasks["one"].effects["low"].headline.estimate})
tasks = [one, two, three], low = 0.109375
""",
)

THESE = Method(
    title="Mean over these tasks",
    answers="What a condition changes on average over these very tasks, each weighing the same, for new seeds (and new "
    "test images, or groups of them, where every task has enough). It says nothing of any other task.",
    fills=(keys("compare.across_tasks[].these", _SHOWN),),
    assumes="As the intervals of the tasks, which are independent. A task on which the difference is the same at all "
    "seeds counts as known without error, and a warning names it; where that is so on all tasks, nothing is tested.",
    formula="""\
e_t: estimate on task t, with its interval [l_t, u_t] at 1 - α/K, over seeds or over seeds and images
e = Σ e_t / T;   low = e - √( Σ (e_t - l_t)² ) / T,   high = e + √( Σ (u_t - e_t)² ) / T;   _90: with 2α
p: the least α at which this interval excludes 0, by halving on log α; none below the α at which a task has none""",
    source=("Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (MOVER).",),
    computed_by=("analysis.methods.these_tasks:these_tasks",),
    checked_by=(
        f"{_ORACLE}::test_the_mean_of_tasks_has_the_interval_of_a_sum_of_independent_parts",
        f"{_ORACLE}::test_its_p_is_the_least_alpha_at_which_the_interval_excludes_zero",
        f"{CALIBRATION}/test_tasks.py::test_of_tasks",
    ),
    example="""\
>>> from analysis.catalogue.example import tasks
>>> from analysis.answer.tasks import compare_tasks
>>> show(compare_tasks(tasks(), "test_accuracy", "none").across["low"].these, "estimate", "low", "high", "p")
estimate = 0.108333, low = 0.0491512, high = 0.167515, p = 0.00214982
""",
)

NEW = Method(
    title="New tasks of this kind",
    answers="What a condition changes on average over tasks of which these are a sample, how much tasks differ, and "
    "where the true difference on one single new task may lie. From 3 tasks.",
    fills=(keys("compare.across_tasks[].new", f"{_SHOWN} tau i2 prediction_low prediction_high"),),
    assumes="The tasks are a random sample of their kind, and the true differences normal. The standard error of a "
    "task is taken from its interval. Where tasks happen to agree, the interval may be narrower than it would be did "
    "tasks not differ: a warning says so. The prediction is for all conditions at once, as the interval is, "
    "and approximate: where tasks differ as little as their estimates err it misses far more often than promised "
    "([calibration](calibration.md)). Null where the estimates of all tasks are the same. Where a "
    "task has too few seeds for an interval (one run of each condition on a task, say), the task is the unit: every "
    "task's estimate is one value of a t interval, and tau, i2 and the prediction are null.",
    formula="""\
s_t = half width of the interval of task t alone, at 1 - α, over t(1 - α/2; n_t - 1);   v_t = s_t²
τ²: restricted maximum likelihood;   w_t = 1/(v_t + τ²);   m = Σ w_t e_t / Σ w_t
s² = Σ w_t (e_t - m)² / ((T - 1) Σ w_t), never truncated
interval: m ± t(1 - α/(2K); T - 1) s;   p by the same t, times K
prediction: m ± t(1 - α/(2K); T - 1) √(s² + τ²)
the task as the unit: all w_t alike
i2 = τ² / (τ² + v),   v = (T - 1) / (Σ 1/v_t - Σ 1/v_t² / Σ 1/v_t): a share, metafor's over 100""",
    source=(
        "Hartung and Knapp 2001, Statistics in Medicine 20, 3875-3889.",
        "Viechtbauer 2010, Journal of Statistical Software 36(3) (metafor: rma with REML and knha, predict).",
        "Higgins and Thompson 2002, Statistics in Medicine 21, 1539-1558 (I2).",
    ),
    computed_by=(
        "analysis.methods.new_tasks:new_tasks",
        "analysis.methods.new_tasks:tasks_alone",
        "analysis.methods.new_tasks:between_tasks",
    ),
    checked_by=(
        f"{_ORACLE}::test_random_effects_agree_with_metafor",
        f"{_ORACLE}::test_where_the_task_is_the_unit_it_is_the_t_test_of_the_tasks",
        f"{_ORACLE}::test_the_variance_between_tasks_is_where_a_slow_likelihood_is_greatest",
        f"{CALIBRATION}/test_tasks.py::test_of_tasks",
        f"{CALIBRATION}/test_tasks.py::test_of_tasks_whose_noise_is_not_normal",
        f"{CALIBRATION}/test_tasks.py::test_of_one_run_on_each_task",
    ),
    example="""\
>>> from analysis.methods.new_tasks import new_tasks
>>> from analysis.tables.question import Question
>>> asked = Question("score", "none", 0.05, None, "higher")
>>> found = new_tasks(np.array([0.8, 0.2, 0.5, 0.9]), np.array([0.1, 0.2, 0.1, 0.3]), asked, size=1).result
>>> show(found, "estimate", "low", "high", "p", "tau", "i2", "prediction_low", "prediction_high")
estimate = 0.587611, low = 0.125797, high = 1.04943, p = 0.0271228, tau = 0.227343,
  i2 = 0.718614, prediction_low = -0.270721, prediction_high = 1.44594
""",
)

RANKS = Method(
    title="Signed ranks over tasks",
    answers="Whether the tasks' estimates lie to one side of 0, by their ranks: of each condition, and of every pair "
    "of conditions, with the tasks that it wins, ties and loses.",
    fills=(
        keys("compare.across_tasks[]", "p_wilcoxon"),
        keys("compare.pairs[]", "condition other n_tasks wins ties losses p_wilcoxon p_holm"),
    ),
    assumes="Each task's difference is as likely as its negative where nothing differs. Estimates that only rounding "
    "parts are ties. `p_wilcoxon` is unadjusted, `p_holm` adjusted over all pairs. From 3 tasks; null where the "
    "difference is the same on all of them. Descriptive: no "
    "verdict rests on it. A pair's difference on a task is its Hodges-Lehmann estimate.",
    formula="""\
e_t as estimated on task t; zeros dropped, midranks; exact as the Wilcoxon signed-rank test of single differences
wins: tasks with e_t on the better side of 0""",
    source=("Demsar 2006, Journal of Machine Learning Research 7, 1-30; Wilcoxon 1945.",),
    computed_by=(
        "analysis.methods.ranks_over_tasks:signed_ranks",
        "analysis.methods.ranks_over_tasks:pairs_over_tasks",
    ),
    checked_by=(
        f"{_ORACLE}::test_signed_ranks_over_tasks_are_scipys",
        f"{_ORACLE}::test_pairs_count_tasks_in_the_direction_of_the_metric_and_are_adjusted_together",
    ),
    example="""\
>>> from analysis.methods.ranks_over_tasks import signed_ranks
>>> show(signed_ranks([0.3, 0.1, 0.4, -0.1, 0.5, 0.2]))
0.09375
""",
)

SCORES = Method(
    title="Scores of single runs over tasks",
    answers="The mean of the middle half of all runs on all tasks, and how probably a run is better than one of the "
    "control on the same task, averaged over tasks. Descriptive.",
    fills=(
        keys(
            "compare.scores[]",
            "condition n_tasks n_runs interquartile_mean interquartile_mean_low interquartile_mean_high improvement "
            "improvement_low improvement_high",
        ),
        keys("compare.bootstrap", "resamples seed"),
    ),
    assumes="The interquartile mean takes the metric to have one scale on all tasks; null on the scale log-ratio. "
    "Pairing is not used: runs are drawn again within each task and condition. Percentile intervals, null where all "
    "draws are alike, unadjusted, of "
    "these tasks alone; a run that diverged counts as in the typical difference.",
    formula="""\
interquartile mean: mean of the N runs on all tasks without floor(N/4) at each end
improvement = mean over tasks of U_t / (n_t m_t), ties half
interval: quantiles α/2 and 1 - α/2 of 2,000 draws with replacement within each task
profile (figure): share of all runs further than each threshold from the control's median on their task; its band is the
exact distribution of that bootstrap, Σ Binomial(n_t, share on task t) / N""",
    source=("Agarwal et al. 2021, Advances in Neural Information Processing Systems 34 (rliable).",),
    computed_by=(
        "analysis.methods.scores_over_tasks:scores_over_tasks",
        "analysis.methods.performance_profile:performance_profiles",
    ),
    checked_by=(
        f"{_ORACLE}::test_scores_of_runs_are_those_of_scipy",
        f"{_ORACLE}::test_the_bootstrap_is_stratified_by_task",
        "tests/oracles/test_performance_profile.py::test_the_band_is_that_of_every_resample_within_tasks",
    ),
    example="""\
>>> from analysis.methods.scores_over_tasks import improvement, interquartile_mean
>>> runs, control = [np.array([3, 4, 5, 9]), np.array([1, 2, 2, 4])], [np.array([3, 3, 4, 1]), np.array([2, 1, 0, 5])]
>>> show([interquartile_mean(runs), improvement(runs, control)])
[3.25, 0.71875]
""",
)

GROUP = Group("What do several tasks show?", (TASKS, THESE, NEW, RANKS, SCORES))
