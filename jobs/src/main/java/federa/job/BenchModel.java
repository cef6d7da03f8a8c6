package federa.job;

import ai.djl.ndarray.NDManager;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.HeadKind;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.Lora;
import federa.peft.Scaling;
import federa.task.TextClassification;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import federa.train.LocalTrainer;
import federa.train.LocalTraining;
import federa.train.OptimizerConfig;
import federa.train.Scorer;

/** A classifier with random weights and LoRA on query and value, for benchmarks. */
final class BenchModel implements AutoCloseable {

    static final int LABELS = 20;
    static final double LEARNING_RATE = 1e-3;

    private final NDManager manager;
    private final BaseModel base;
    private final FrozenBase frozen;
    private final ClientModel model;
    private final LocalTraining training;

    BenchModel(BenchOptions options) {
        Torch.threads(options.threads);
        manager = BenchOptions.manager();
        base = options.model(manager);
        Lora lora = new Lora(options.rank, options.rank, Scaling.STANDARD, BenchOptions.targets(base));
        frozen = new FrozenBase(base, lora, TensorMap.empty(), options.precision);
        training = new LocalTraining(
                1, 8, LEARNING_RATE, 0, 1, options.gradientCheckpointing, OptimizerConfig.AdamW.standard());
        model = new ClientModel(
                frozen,
                lora.initial(base, 0).with(base.initialHead(HeadKind.SEQUENCE, LABELS, 0)),
                HeadKind.SEQUENCE,
                LABELS,
                0,
                training::pass);
    }

    EncoderConfig config() {
        return base.config();
    }

    LocalTrainer trainer() {
        return new LocalTrainer(model, new TextClassification(), config().padId(), training);
    }

    Scorer scorer() {
        return new Scorer(model, new TextClassification(), config().padId());
    }

    @Override
    public void close() {
        model.close();
        frozen.close();
        base.close();
        manager.close();
    }
}
