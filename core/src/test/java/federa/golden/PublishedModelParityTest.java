package federa.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.encoder.BaseModel;
import federa.encoder.Encoder;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.peft.FrozenBase;
import federa.peft.FullFineTuning;
import federa.task.Batch;
import federa.task.Example;
import federa.tensor.TensorMap;
import federa.text.Pieces;
import federa.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The embedded minilm-l6, a published BERT with its real weights, beside what the reference makes of the same texts. */
class PublishedModelParityTest {

    private static final Path MODEL = Path.of("../model-store/models/minilm-l6");
    private static final Path GOLDEN = Path.of("src/test/resources/golden-real");

    @Test
    void idsOffsetsAndHiddenStatesAreThoseOfTheReference() throws IOException {
        JsonObject golden = JsonParser.parseString(Files.readString(GOLDEN.resolve("minilm-l6.json")))
                .getAsJsonObject();
        int longest = golden.get("max_length").getAsInt();
        List<Example> examples = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(MODEL)) {
            for (JsonElement element : golden.getAsJsonArray("cases")) {
                examples.add(example(element.getAsJsonObject(), tokenizer, longest));
            }
        }
        assertThat(examples).isNotEmpty();
        JsonObject tolerance = golden.getAsJsonObject("tolerance");
        try (NDManager manager = Torch.newManager(Device.cpu());
                BaseModel base = BaseModel.load(manager, MODEL);
                FrozenBase frozen = new FrozenBase(base, new FullFineTuning(), TensorMap.empty(), Precision.FP32);
                GradMode off = GradMode.off()) {
            Encoder encoder = base.config().family().encoder(new FrozenWiring(frozen), base.config());
            Batch batch = new Batch(examples);
            float[] states = encoder.apply(batch.input(manager), false).toFloatArray();
            int width = base.config().hidden();
            for (int text = 0; text < examples.size(); text++) {
                double[] stored = Npy.read(GOLDEN.resolve("minilm-l6.%d.last_hidden_state.npy".formatted(text)))
                        .values();
                assertThat(stored.length).isEqualTo(examples.get(text).length() * width);
                for (int i = 0; i < stored.length; i++) {
                    assertThat((double) states[text * batch.longest() * width + i])
                            .as("text %d, number %d", text, i)
                            .isCloseTo(
                                    stored[i],
                                    within(tolerance.get("atol").getAsDouble()
                                            + tolerance.get("rtol").getAsDouble() * Math.abs(stored[i])));
                }
            }
        }
    }

    /** A text or a pair as our tokenizer frames it, after checking it against the reference's ids, types and places. */
    private static Example example(JsonObject golden, Tokenizer tokenizer, int longest) {
        List<String> texts = golden.getAsJsonArray("texts").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
        List<Pieces> pieces = texts.stream().map(tokenizer::pieces).toList();
        int[] expected = numbers(golden.getAsJsonArray("ids"));
        int[] first = pieces.get(0).ids();
        int[] ids = texts.size() == 1
                ? tokenizer.encode(texts.get(0), longest)
                : tokenizer.frame(first, pieces.get(1).ids());
        assertThat(ids).as("%s", texts).containsExactly(expected);

        int from = tokenizer.leading();
        for (Pieces part : pieces) {
            for (int token = 0; token < part.size() && from + token < expected.length - 1; token++) {
                assertThat(new int[] {part.starts()[token], part.ends()[token]})
                        .as("token %d of %s", from + token, texts)
                        .containsExactly(numbers(golden.getAsJsonArray("offsets_utf16")
                                .get(from + token)
                                .getAsJsonArray()));
            }
            from += part.size() + tokenizer.between();
        }

        int second = tokenizer.leading() + first.length + tokenizer.between();
        Example example = texts.size() == 1 ? new Example(ids) : Example.pair(ids, second);
        int[] types = new int[ids.length];
        Arrays.fill(types, example.second(), ids.length, 1);
        assertThat(types).containsExactly(numbers(golden.getAsJsonArray("token_types")));
        assertThat(tokenizer.marksSecond()).isTrue();
        return example;
    }

    private static int[] numbers(JsonArray array) {
        return array.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
    }
}
