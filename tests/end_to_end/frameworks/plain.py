import torch
from examples import X_TEST, Y_TEST, X, Y, fingerprint
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train(trial):
    with trial.random("init"):
        model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(trial.settings["strength"]), nn.Linear(16, 2))
    weights = fingerprint(*(each.detach().clone() for each in model.parameters()))
    data = TensorDataset(torch.tensor(X), torch.tensor(Y), torch.arange(len(X)))
    options = {"generator": trial.generator("order"), "num_workers": trial.settings["loader_workers"]}
    loader = DataLoader(data, batch_size=32, shuffle=True, **options)
    optimiser, order = torch.optim.SGD(model.parameters(), lr=0.1), []
    for epoch in range(trial.settings["rounds"]):
        with trial.random("mask", epoch):
            for x, y, index in loader:
                order.append(index)
                optimiser.zero_grad()
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                optimiser.step()
        trial.epoch(loss=loss)
    return {
        "test_correct": trial.correct(model, torch.tensor(X_TEST), torch.tensor(Y_TEST)),
        "initial_weights": weights,
        "batch_order": fingerprint(*order),
        "final_weights": fingerprint(*(each.detach() for each in model.parameters())),
    }
