import torch
from examples import X_TEST, Y_TEST, X, Y, fingerprint
from torch import nn
from torch.utils.data import TensorDataset

from bench.adapters.lightning import PairedTrainer, lightning, loader


class Model(lightning.LightningModule):
    def __init__(self, rate):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(rate), nn.Linear(16, 2))
        self.order = []

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, _):
        x, y, index = batch
        self.order.append(index)
        loss = nn.functional.cross_entropy(self(x), y)
        self.log("loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, _):
        self.log("val_loss", nn.functional.cross_entropy(self(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def train(trial):
    with trial.random("init"):
        model = Model(trial.settings["strength"])
    weights = fingerprint(*(each.detach().clone() for each in model.parameters()))
    data = TensorDataset(torch.tensor(X), torch.tensor(Y), torch.arange(len(X)))
    test = torch.tensor(X_TEST), torch.tensor(Y_TEST)
    workers = trial.settings["loader_workers"]
    trainer = PairedTrainer(trial, max_epochs=trial.settings["rounds"])
    trainer.fit(
        model,
        loader(trial, data, batch_size=32, num_workers=workers),
        torch.utils.data.DataLoader(TensorDataset(*test), batch_size=50),
    )
    return {
        "test_correct": trial.correct(model, *test),
        "initial_weights": weights,
        "batch_order": fingerprint(*model.order),
        "final_weights": fingerprint(*(each.detach() for each in model.parameters())),
    }
