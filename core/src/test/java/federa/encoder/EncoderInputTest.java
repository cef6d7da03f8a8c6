package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import federa.Tiny;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.task.Batch;
import federa.task.Example;
import federa.tensor.TensorMap;
import federa.train.ClientModel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an encoder reads beside ids: which tokens are there, and which text of a pair they belong to. */
class EncoderInputTest {

    @AutoClose
    private final NDManager manager = Torch.newManager(Device.cpu());

    /** The model's pad_token_id is 0, the id of the start token; its tokenizer pads with 1. Numbers from transformers 5.18. */
    @Test
    void aModelThatPadsWithTheIdOfARealTokenAttendsToThatToken() {
        try (BaseModel model = BaseModel.load(manager, Path.of("src/test/resources/encoder/pad-zero"))) {
            float[] logits = logits(model, scope -> new Batch(List.of(
                            new Example(new int[] {0, 5, 6, 7, 8}),
                            new Example(new int[] {0, 9, 10, 11, 12, 13, 2}),
                            new Example(new int[] {0, 5, 0, 6, 1, 2})))
                    .input(scope));
            float[] expected = {-0.331644f, -1.887689f, 0.597042f, -1.813583f, -0.289909f, -1.870501f};
            for (int i = 0; i < expected.length; i++) {
                assertThat(logits[i]).as("number %d", i).isCloseTo(expected[i], within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "deberta-v2"})
    void whatStandsInPaddingChangesNoBit(String modelType) {
        try (BaseModel model = BaseModel.random(manager, Tiny.config(modelType, 2, 0), 1)) {
            float[] expected = logits(model, scope -> padded(scope, 0));
            for (int id : new int[] {1, 7, 49}) {
                assertThat(logits(model, scope -> padded(scope, id))).containsExactly(expected);
            }
        }
    }

    /** Two texts of 3 and 5 tokens, the shorter one filled up with an id. */
    private static EncoderInput padded(NDManager scope, int id) {
        NDArray ids = scope.create(new long[] {0, 5, 2, id, id, 0, 7, 8, 9, 2}, new Shape(2, 5));
        return new EncoderInput(ids, new int[] {3, 5}, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "deberta-v2"})
    void aTextThatContainsThePadTokenKeepsIt(String modelType) {
        try (BaseModel model = BaseModel.random(manager, Tiny.config(modelType, 2, 0), 1)) {
            int pad = model.config().padId();
            float[] with = logits(model, scope -> one(scope, new Example(new int[] {0, 5, pad, 6, 2})));
            float[] without = logits(model, scope -> one(scope, new Example(new int[] {0, 5, 6, 2})));
            float[] cut = logits(
                    model,
                    scope -> new EncoderInput(
                            scope.create(new long[] {0, 5, pad, 6, 2}, new Shape(1, 5)), new int[] {2}, null));
            assertThat(Tiny.farthest(with, without)).isGreaterThan(1e-3);
            assertThat(Tiny.farthest(with, cut)).isGreaterThan(1e-3);
        }
    }

    @Test
    void onlyAnEncoderThatKnowsTokenTypesTellsTheTextsOfAPairApart() {
        int[] ids = {0, 5, 6, 2, 7, 8, 2};
        for (String modelType : List.of("bert", "roberta", "deberta-v2")) {
            try (BaseModel model = BaseModel.random(manager, types(Tiny.config(modelType, 2, 0)), 1)) {
                float[] single = logits(model, scope -> one(scope, new Example(ids)));
                float[] pair = logits(model, scope -> one(scope, Example.pair(ids, 4)));
                assertThat(Tiny.farthest(single, pair) > 1e-3).as(modelType).isEqualTo(modelType.equals("bert"));
            }
        }
    }

    /** With two token types where the family has any. */
    private static EncoderConfig types(EncoderConfig config) {
        return new EncoderConfig(
                config.modelType(),
                config.vocabulary(),
                config.hidden(),
                config.layers(),
                config.heads(),
                config.feedForward(),
                config.positions(),
                config.tokenTypes() == 0 ? 0 : 2,
                config.relative(),
                config.padId(),
                config.layerNormEps(),
                config.activation(),
                config.dropout(),
                config.initializerRange());
    }

    private static EncoderInput one(NDManager scope, Example example) {
        return new Batch(List.of(example)).input(scope);
    }

    private static float[] logits(BaseModel model, Function<NDManager, EncoderInput> input) {
        TensorMap head = model.initialHead(HeadKind.SEQUENCE, 2, 1);
        try (FrozenBase frozen = new FrozenBase(model, new FullFineTuning(), TensorMap.empty(), Precision.FP32);
                ClientModel client = new ClientModel(frozen, model.toTensors().with(head), HeadKind.SEQUENCE, 2, 0);
                NDManager scope = client.newScope();
                GradMode off = GradMode.off()) {
            return client.encoder().logits(input.apply(scope), false).toFloatArray();
        }
    }
}
