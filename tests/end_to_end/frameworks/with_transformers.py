import torch
from examples import X_TEST, Y_TEST, X, Y, fingerprint
from torch import nn

from bench.adapters.transformers import PairedTrainer, arguments


class Data(torch.utils.data.Dataset):
    def __init__(self, x, y):
        self.x, self.y = torch.tensor(x), torch.tensor(y)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return {"input_ids": self.x[index], "labels": self.y[index], "index": torch.tensor(index)}


class Model(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(rate), nn.Linear(16, 2))
        self.order = []

    def forward(self, input_ids, labels, index):
        if self.training:
            self.order.append(index)
        logits = self.net(input_ids)
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


def train(trial):
    with trial.random("init"):
        model = Model(trial.settings["strength"])
    weights = fingerprint(*(each.detach().clone() for each in model.parameters()))
    test = Data(X_TEST, Y_TEST)
    args = arguments(
        trial,
        num_train_epochs=trial.settings["rounds"],
        per_device_train_batch_size=32,
        learning_rate=0.01,
        eval_strategy="epoch",
        dataloader_num_workers=trial.settings["loader_workers"],
        accelerator_config={"use_seedable_sampler": False},
    )
    trainer = PairedTrainer(trial, model=model, args=args, train_dataset=Data(X, Y), eval_dataset=test)
    trainer.train()
    return {
        "test_correct": trainer.predict(test).predictions.argmax(-1) == Y_TEST,
        "initial_weights": weights,
        "batch_order": fingerprint(*model.order),
        "final_weights": fingerprint(*(each.detach() for each in model.parameters())),
    }
