"""The entries: new test images as well as new seeds."""

from analysis.catalogue.entry import CALIBRATION, COMPARISON, Group, Method, keys

_GAINS = (
    ">>> gains = np.array([[1, 0, 1, 0, 1], [0, 0, 1, 1, 1], [1, 0, 0, -1, 1], [1, 0, 1, 0, 1]])  # 4 seeds, 5 images\n"
)
_BY_R = "tests/oracles/test_crossed.py::test_every_number_agrees_with_r"
_CALIBRATED = f"{CALIBRATION}/test_over_images.py::test_of_the_crossed_interval"

CROSSED = Method(
    title="Two-way random effects, seeds by images",
    answers="The same mean difference with an uncertainty that holds for new seeds **and** new test images (E2), for "
    "this comparison alone.",
    fills=(keys(COMPARISON, "se_crossed df_crossed ci_low_crossed ci_high_crossed p_crossed test_images"),),
    assumes="Seeds and test images are independent draws; the mean is about normal. Needs `test_bits` of both trials "
    "of every pair; for `test_accuracy`, `generalisation_gap` and `running_gap`. The training set stays the "
    "same. With `test_groups` groups of images are drawn: see the next entry.",
    formula="""\
D_si = correct(condition, s, i) - correct(control, s, i), S seeds by N images
       (a gap: less that, plus the difference in training accuracy at seed s)
MS_s, MS_i, MS_e: mean squares of seeds, images, and their interaction, one value a cell
v = max( MS_s + MS_i - MS_e, MS_s, MS_i );   se = √( v / (S N) )
df = max( v² / ( MS_s²/(S-1) + MS_i²/(N-1) + MS_e²/((S-1)(N-1)) ), min(S, N) - 1 )
mean ± t(1 - α/2; df) se;   p = 2 P(T_df >= |mean| / se)""",
    source=(
        "Obuchowski and Rockette 1995, Communications in Statistics: Simulation and Computation 24, 285-308.",
        "Gallas 2006, Academic Radiology 13, 353-362 (seeds as readers, images as cases).",
        "Satterthwaite 1946, Biometrics Bulletin 2, 110-114 (degrees of freedom).",
    ),
    computed_by=("analysis.methods.random_effects:crossed", "analysis.methods.two_way_interval:over_images"),
    checked_by=(
        _BY_R,
        "tests/laws/test_image_laws.py::test_new_images_never_make_surer_than_seeds_alone",
        _CALIBRATED,
    ),
    example=f"""\
>>> from analysis.methods.random_effects import crossed
{_GAINS}>>> found = crossed(gains)
>>> show(found, "mean", "standard_error", "df")
mean = 0.5, standard_error = 0.209165, df = 3.65268
>>> show({{"interval": found.interval(0.05), "p": found.p}})
interval = [-0.103175, 1.10317], p = 0.0812662
""",
)

_GROUPS_BY_R = "tests/oracles/test_groups_of_items.py"

GROUPED = Method(
    title="Groups of images in place of images",
    answers="The same, and the headline over seeds and images, where `test_groups` says that images lie in groups (a "
    "document, a patient) of which whole ones are drawn: for new seeds and new **groups**. Each image counts the same "
    "as ever, so the estimate does not change.",
    fills=(keys(COMPARISON, "test_groups test_set_floor_df"),),
    assumes="Seeds and groups are independent draws; images of a group need not be. From 10 groups that count as 8 or "
    "more of one size (G* below): else nothing is claimed of new images. Both keys are null where every image is "
    "its own group, and nothing differs from the two-way layout of images. Each limit of the standard error from "
    "the test set should miss in 2.5%: of 10 to 100 groups the upper one is too low in 2.6 to 7.1% where effects "
    "are normal, in 4.5 to 10.5% with heavy tails (t on 5), and in 4.8 to 25.7% where 1 group in 5 makes the "
    "effect; the lower one, on which 'no number of seeds' rests, is too high in up to 3.2%. How often intervals "
    "miss: the calibration page.",
    formula="""\
G groups of n_g images, N in all; at each seed the pseudo-value of a group takes the place of D_si:
D_sg = G d_s - (G-1) d_s(without g), d_s the mean over images;   MS_s = G times the variance of the d_s
MS_g and MS_e about the d_s, se and floor as above with G for N;   G* = N² / Σ n_g²;   test_set_floor_df = G* - 1
df = max( v² / ( MS_s²/(S-1) + MS_g²/(G*-1) + MS_e²/((S-1)(G*-1)) ), min( S-1, G*-1 ) )
headline: t on G* - 1 degrees of freedom for z
limits of the floor: MS_g exp( ±t(0.975; G*-1) e ) in place of MS_g; the upper one at most 1/√G*, all that effects of ±1
make;   e² = (G-1)/G Σ_g ( l_g - mean l )², l_g = log MS_g without group g""",
    source=(
        "Quenouille 1956, Biometrika 43, 353-360, and Tukey 1958, Annals of Mathematical Statistics 29, 614 "
        "(pseudo-values); Bell and McCaffrey 2002, Survey Methodology 28, 169-181 (clusters left out in turn).",
        "Cameron, Gelbach and Miller 2011, Journal of Business and Economic Statistics 29, 238-249 (two-way clusters).",
        "Miller 1968, Annals of Mathematical Statistics 39, 567-582 (the jackknife of a variance by its logarithm).",
        "Kish 1965, Survey Sampling, and Carter, Schnepel and Steigerwald 2017, Review of Economics and "
        "Statistics 99, 698-709 (clusters of unlike size count as fewer).",
    ),
    computed_by=(
        "analysis.methods.random_effects:without_each",
        "analysis.methods.random_effects:crossed",
        "analysis.tables.item_groups:ItemGroups",
    ),
    checked_by=(
        f"{_GROUPS_BY_R}::test_every_number_agrees_with_r",
        f"{_GROUPS_BY_R}::test_groups_of_one_item_each_change_no_digit",
        f"{CALIBRATION}/test_over_seeds_and_groups.py::test_of_the_interval_over_seeds_and_groups",
        f"{CALIBRATION}/test_floor_interval.py::test_the_interval_of_the_floor_of_groups",
    ),
    example=f"""\
>>> from analysis.methods.random_effects import crossed
>>> from analysis.tables.item_groups import ItemGroups
{_GAINS}>>> groups = ItemGroups.of(np.array([7, 8, 8, 9, 7]))
>>> found = crossed(gains, None, groups)
>>> show(found, "mean", "standard_error", "df", "floor", "groups", "floor_df")
mean = 0.5, standard_error = 0.238145, df = 1.77778, floor = 0.204653, groups = 3,
  floor_df = 1.77778
""",
)

TOGETHER = Method(
    title="Simultaneous intervals over seeds and images",
    answers="The two-way intervals of all conditions at once: a check of the headline's, which widens the interval "
    "over seeds instead.",
    fills=(
        keys(
            COMPARISON,
            "ci_low_crossed_simultaneous ci_high_crossed_simultaneous ci_low_crossed_simultaneous_90 "
            "ci_high_crossed_simultaneous_90 p_crossed_adjusted",
        ),
    ),
    assumes="As above; Bonferroni, so any dependence between conditions. K counts the conditions of the family that "
    "have a two-way estimate.",
    formula="""\
intervals at 1 - α/K (and, _90, at 1 - 2α/K);   p_crossed_adjusted = min( 1, K p_crossed )""",
    source=("Dunn 1961, Journal of the American Statistical Association 56, 52-64.",),
    computed_by=("analysis.methods.two_way_interval:over_images",),
    checked_by=(
        _BY_R,
        "tests/laws/test_image_laws.py::test_adjusted_is_at_least_raw_and_intervals_nest",
    ),
    example="""\
>>> from analysis.answer.compare import compare
>>> low = compare(table(), "test_accuracy", "none", margin=0.05).effects["low"]
>>> show(low, "p_crossed", "p_crossed_adjusted")
p_crossed = 0.00652637, p_crossed_adjusted = 0.0195791
>>> show(low, "ci_low_crossed", "ci_low_crossed_simultaneous", "ci_low_crossed_simultaneous_90")
ci_low_crossed = 0.0374728, ci_low_crossed_simultaneous = 0.0172167,
  ci_low_crossed_simultaneous_90 = 0.0299389
""",
)

FLOOR = Method(
    title="Standard error from the test set",
    answers="The standard error that no number of seeds goes below on this test set, and its 95% interval.",
    fills=(keys(COMPARISON, "test_set_floor test_set_floor_low test_set_floor_high"),),
    assumes="As the two-way estimate; an estimate itself, 0 where images show no effect of their own. The interval is "
    "for many images, of any distribution; chi-squared limits cover 66 to 80% where most images have no effect and few "
    "a large one. Where 1 image in 100 makes the effect the upper limit is too low with 1,000 images (72 to 94%); the "
    "lower limit is not too high. The entry of groups has those of groups.",
    formula="""\
floor = √( max(0, MS_i - MS_e) / (S N) )
(MS_i - MS_e) / S is the mean over images of q_i = ( m_i² - s_i²/S ) N/(N-1), m_i the centred mean of image i over
seeds, s_i² its variance within;   limits: floor² ± z(0.975) sd(q) / N^(3/2), at least 0""",
    source=(
        "The image component of the two-way variance: Gallas 2006; Searle, Casella and McCulloch 1992, chapter 4.",
    ),
    computed_by=("analysis.methods.random_effects:crossed",),
    checked_by=(
        _BY_R,
        "tests/unit/analysis/methods/test_projections.py::test_projections_end_at_the_floors",
        "tests/unit/analysis/methods/test_projections.py::test_the_interval_of_the_floor_is_that_of_a_mean_over_images",
        "tests/statistical/calibration/test_floor_interval.py::test_the_interval_of_the_floor_covers_it",
    ),
    example=f"""\
>>> from analysis.methods.random_effects import crossed
{_GAINS}>>> show(crossed(gains), "floor", "standard_error")
floor = 0.177951, standard_error = 0.209165
""",
)

PROJECTIONS = Method(
    title="What would reduce the uncertainty",
    answers="The standard error to expect with 2, 4 or 10 times the seeds, or 4 times the images; how many seeds in "
    "all would halve it (null: none would); and which of 4 times the seeds or the images does more.",
    fills=(
        keys(
            COMPARISON,
            "se_crossed_2x_seeds se_crossed_4x_seeds se_crossed_10x_seeds se_crossed_4x_images seeds_to_halve surer_by",
        ),
    ),
    assumes="The variance components are as estimated here; a plan, not a promise. Where images lie in groups, images "
    "stands for groups in these keys too: `se_crossed_4x_images` is with 4 times the groups, in place of images.",
    formula="""\
f_i = floor;   f_s = √( max(0, MS_s - MS_e) / (S N) );   rest = max( 0, se² - f_s² - f_i² )
a times the seeds, b times the images:   √( f_s²/a + f_i²/b + rest/(a b) )
seeds_to_halve = ceil( S (se² - f_i²) / (se²/4 - f_i²) ), null where f_i >= se/2
surer_by = seeds where 4 times the seeds give at most the standard error of 4 times the images, else images""",
    source=("A decision study of generalisability theory: Brennan 2001, Generalizability Theory.",),
    computed_by=("analysis.methods.two_way_interval:over_images",),
    checked_by=(
        "tests/unit/analysis/methods/test_projections.py::test_a_projection_is_what_the_components_of_variance_give",
        "tests/unit/analysis/methods/test_projections.py::test_seeds_that_halve_do_and_one_fewer_does_not",
    ),
    example=f"""\
>>> from analysis.methods.random_effects import crossed
{_GAINS}>>> found = crossed(gains)
>>> show([found.projected(seeds=2), found.projected(seeds=4), found.projected(images=4)])
[0.194186, 0.186246, 0.104583]
>>> show(crossed(np.array([[1, 0, 1], [0, 0, -1], [1, 0, 1], [2, 2, 1]])).seeds_to_halve)
16
""",
)

_ITEMS = "tests/oracles/test_items.py"

ITEMS = Method(
    title="One run a condition, over test images",
    answers="What one run of each condition shows of **these two trained networks** on new test images: the difference "
    "in accuracy with Tango's score interval and p. It says nothing of other seeds, so there is no verdict.",
    fills=(keys(COMPARISON, "items_difference items_low items_high p_items p_mcnemar_items n_items n_item_groups"),),
    assumes="One complete pair, with `test_bits`; for `test_accuracy`, `generalisation_gap` and `running_gap`. Test "
    "images are independent draws; with `test_groups` (the group of each image: a document, a patient) groups are, "
    "each counts the same, and the interval is null below 10 groups; where they are of unlike size this is not the "
    "difference with each image counting the same, and a warning has both. McNemar's p is that of the comparison "
    "alone, null for a gap and with groups. All is null outside the family and with more pairs than one.",
    formula="""\
b, c: images that the condition alone, that the control alone gets right, of N;   items_difference = (b - c) / N
z(δ) = (b - c - N δ) / √( N (2 q + δ (1 - δ)) ),   q: the larger root of 2 N q² + B q - c δ (1 - δ) = 0,
       B = (2 N - b + c) δ - b - c
interval: the δ with |z(δ)| <= z(1 - α/(2K));   p_items = min( 1, 2 K Φ(-|z(0)|) ), z(0) = (b - c) / √(b + c)
a gap: the same, turned round and moved by the difference in training accuracy
p_mcnemar_items: exact, 2 P(Bin(b + c, 1/2) <= min(b, c)), at most 1
with G groups: m_g = mean over the images of group g;   mean(m) ± t(1 - α/(2K); G - 1) sd(m) / √G""",
    source=(
        "Tango 1998, Statistics in Medicine 17, 891-908; Newcombe 1998, Statistics in Medicine 17, 2635-2650 compares.",
        "McNemar 1947, Psychometrika 12, 153-157.",
        "Groups: means of clusters, Donner and Klar 2000, Design and Analysis of Cluster Randomization Trials.",
    ),
    computed_by=("analysis.methods.over_items:over_items", "analysis.methods.score_interval:PairedProportions"),
    checked_by=(
        f"{_ITEMS}::test_intervals_and_p_agree_with_r",
        f"{_ITEMS}::test_an_interval_is_where_the_likelihood_itself_puts_it",
        "tests/laws/test_item_laws.py::test_an_interval_excludes_0_if_and_only_if_its_p_is_at_most_alpha",
        f"{CALIBRATION}/test_over_items.py::test_of_the_interval_over_items",
    ),
    example="""\
>>> from analysis.methods.score_interval import PairedProportions
>>> found = PairedProportions(gained=30, lost=18, items=200)
>>> show(found.difference)
0.06
>>> show({"interval": found.interval(0.05), "p": found.p()})
interval = [-0.00813124, 0.12924], p = 0.0832645
""",
)

GROUP = Group("Would it hold on new test images?", (CROSSED, GROUPED, TOGETHER, FLOOR, PROJECTIONS, ITEMS))
