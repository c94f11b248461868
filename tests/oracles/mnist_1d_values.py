"""Write mnist_1d.csv: 40 examples by the authors' generator, ``pip install mnist1d==0.0.2.post1`` (Apache 2.0)."""

import csv
from pathlib import Path

from mnist1d.data import make_dataset

if __name__ == "__main__":
    made = make_dataset()
    rows = [("train", index) for index in range(20)] + [("test", index) for index in range(980, 1000)]
    with Path(__file__).with_name("mnist_1d.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["part", "index", "label", *(f"x{point}" for point in range(40))])
        for part, index in rows:
            x, y = (made["x"], made["y"]) if part == "train" else (made["x_test"], made["y_test"])
            writer.writerow([part, index, int(y[index]), *(f"{value:.9g}" for value in x[index])])
