package federa.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.huggingface.translator.QuestionAnsweringTranslatorFactory;
import ai.djl.huggingface.translator.TextClassificationTranslatorFactory;
import ai.djl.huggingface.translator.TokenClassificationTranslatorFactory;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.modality.nlp.qa.QAInput;
import ai.djl.modality.nlp.translator.NamedEntity;
import ai.djl.ndarray.NDManager;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslatorFactory;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.encoder.BaseModel;
import federa.encoder.EncoderInput;
import federa.encoder.HeadKind;
import federa.engine.GradMode;
import federa.engine.Precision;
import federa.engine.Torch;
import federa.fixture.TinyModel;
import federa.peft.Federa;
import federa.peft.FrozenBase;
import federa.peft.Houlsby;
import federa.peft.Method;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.task.Batch;
import federa.task.Example;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.text.Tokenizer;
import federa.train.ClientModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The directory, loaded and run by DJL's own translators. */
class DjlDirectoryTest {

    private static final List<String> TEXTS = List.of(
            "The orchestra played a long symphony.",
            "A penalty in the last minute!",
            "rain",
            "Ünïcode 😀 and a tab\t.");
    private static final List<String> LABELS = List.of("music", "sport", "weather");
    private static final double FP32 = 1e-4;

    enum Arch {
        ROBERTA,
        DEBERTA,
        BERT
    }

    @TempDir
    private Path directory;

    @AutoClose
    private final NDManager manager = Torch.newManager(Device.cpu());

    private Path base;

    @ParameterizedTest
    @EnumSource(Arch.class)
    void textClassificationGivesTheProbabilitiesOfTheModelAloneAndInBatches(Arch arch) throws Exception {
        TrainedModel model = federa(arch, HeadKind.SEQUENCE, LABELS);
        try (ZooModel<String, Classifications> served =
                        served(model, String.class, Classifications.class, new TextClassificationTranslatorFactory());
                Predictor<String, Classifications> predictor = served.newPredictor()) {
            List<Classifications> together = predictor.batchPredict(TEXTS);
            for (int i = 0; i < TEXTS.size(); i++) {
                float[] expected = softmax(scores(model, ids(TEXTS.get(i))));
                Classifications alone = predictor.predict(TEXTS.get(i));
                for (int label = 0; label < LABELS.size(); label++) {
                    String name = LABELS.get(label);
                    assertThat(alone.get(name).getProbability()).isCloseTo(expected[label], within(FP32));
                    assertThat(together.get(i).get(name).getProbability()).isCloseTo(expected[label], within(FP32));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void tokenClassificationGivesTheTagOfEveryTokenThatIsNotO(Arch arch) throws Exception {
        List<String> tags = List.of("O", "B-PER", "I-PER");
        TrainedModel model = federa(arch, HeadKind.TOKENS, tags);
        int entities = 0;
        try (ZooModel<String, NamedEntity[]> served =
                        served(model, String.class, NamedEntity[].class, new TokenClassificationTranslatorFactory());
                Predictor<String, NamedEntity[]> predictor = served.newPredictor()) {
            for (String text : TEXTS) {
                int[] ids = ids(text);
                float[] scores = scores(model, ids);
                List<Integer> places = new ArrayList<>();
                for (int token = 1; token < ids.length - 1; token++) { // without the special tokens
                    if (best(scores, token, tags.size()) != 0) {
                        places.add(token);
                    }
                }
                NamedEntity[] found = predictor.predict(text);
                assertThat(found).extracting(NamedEntity::getIndex).containsExactlyElementsOf(places);
                for (NamedEntity entity : found) {
                    assertThat(entity.getEntity()).isEqualTo(tags.get(best(scores, entity.getIndex(), tags.size())));
                }
                entities += found.length;
            }
        }
        assertThat(entities).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void questionAnsweringGivesTheSpanBetweenTheBestEndsInTheContext(Arch arch) throws Exception {
        TrainedModel model = federa(arch, HeadKind.SPAN, List.of());
        String question = "Who played?";
        String context = "The orchestra of the city played a long symphony to a full hall.";
        try (ZooModel<QAInput, String> served =
                        served(model, QAInput.class, String.class, new QuestionAnsweringTranslatorFactory());
                Tokenizer tokenizer = Tokenizer.load(base);
                Predictor<QAInput, String> predictor = served.newPredictor()) {
            int[] first = tokenizer.pieces(question).ids();
            int[] second = tokenizer.pieces(context).ids();
            int[] ids = tokenizer.frame(first, second);
            int from = tokenizer.leading() + first.length + tokenizer.between();
            float[] scores = scores(model, Example.pair(ids, tokenizer.marksSecond() ? from : ids.length));
            int start = from;
            int end = from;
            for (int token = from; token < from + second.length; token++) {
                start = scores[2 * token] > scores[2 * start] ? token : start;
                end = scores[2 * token + 1] > scores[2 * end + 1] ? token : end;
            }
            String answer = predictor.predict(new QAInput(question, context));

            assertThat(answer).isNotBlank();
            assertThat(context).contains(answer);
            assertThat(tokenizer.pieces(" " + answer).ids())
                    .as("tokens of '%s'", answer)
                    .hasSize(Math.abs(end - start) + 1);
        }
    }

    @Test
    void djlServingsInputAndOutputAreServedToo() throws Exception {
        TrainedModel model = federa(Arch.DEBERTA, HeadKind.SEQUENCE, LABELS);
        try (ZooModel<Input, Output> served =
                        served(model, Input.class, Output.class, new TextClassificationTranslatorFactory());
                Predictor<Input, Output> predictor = served.newPredictor()) {
            Input request = new Input();
            request.add(TEXTS.get(0));
            float[] expected = softmax(scores(model, ids(TEXTS.get(0))));

            JsonArray response = JsonParser.parseString(
                            predictor.predict(request).getAsString(0))
                    .getAsJsonArray();

            assertThat(response).hasSize(LABELS.size());
            for (JsonElement element : response) {
                JsonObject label = element.getAsJsonObject();
                int id = LABELS.indexOf(label.get("className").getAsString());
                assertThat(label.get("probability").getAsFloat()).isCloseTo(expected[id], within((float) FP32));
            }
        }
    }

    @Test
    void aTextThatIsLongerThanTheModelsPositionsLosesItsEnd() throws Exception {
        TrainedModel model = federa(Arch.ROBERTA, HeadKind.SEQUENCE, LABELS);
        String text = "word ".repeat(500);
        try (ZooModel<String, Classifications> served =
                        served(model, String.class, Classifications.class, new TextClassificationTranslatorFactory());
                Predictor<String, Classifications> predictor = served.newPredictor()) {
            float[] expected = softmax(scores(model, ids(text)));

            assertThat(predictor.predict(text).get("sport").getProbability()).isCloseTo(expected[1], within(FP32));
        }
    }

    @Test
    void adaptersThatNoHuggingFaceModelHasAreRefused() {
        Houlsby houlsby = new Houlsby(4, federa.peft.Activation.GELU);
        TrainedModel model = model(Arch.ROBERTA, HeadKind.SEQUENCE, LABELS, houlsby, TensorMap.empty());

        for (Writer writer : List.<Writer>of(DjlDirectory::write, HuggingFaceDirectory::write)) {
            assertThatThrownBy(() -> writer.write(model, directory))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no format can hold the run");
        }
        assertThatThrownBy(() -> PeftDirectory.write(model, "tiny", directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the run's method is houlsby");
    }

    private interface Writer {
        void write(TrainedModel model, Path directory) throws IOException;
    }

    private <I, O> ZooModel<I, O> served(TrainedModel model, Class<I> input, Class<O> output, TranslatorFactory factory)
            throws Exception {
        Path served = Files.createDirectory(directory.resolve("served"));
        DjlDirectory.write(model, served);
        assertThat(served.resolve("serving.properties"))
                .content()
                .contains("translatorFactory=" + factory.getClass().getName() + "\n");
        return Criteria.builder()
                .setTypes(input, output)
                .optModelPath(served)
                .optTranslatorFactory(factory)
                .build()
                .loadModel();
    }

    /** A model whose adapters have moved away from their start. */
    private TrainedModel federa(Arch arch, HeadKind head, List<String> labels) {
        String end = arch == Arch.DEBERTA ? "_proj" : "";
        Federa method = new Federa(4, 6, Scaling.RANK_STABILIZED, new Targets(List.of("query" + end, "output.dense")));
        try (BaseModel start = BaseModel.load(manager, write(arch))) {
            return model(arch, head, labels, method, method.initial(start, 1));
        }
    }

    private Path write(Arch arch) {
        base = directory.resolve("base");
        return switch (arch) {
            case ROBERTA -> TinyModel.write(base, 1);
            case DEBERTA -> TinyModel.writeDeberta(base, 1);
            case BERT -> TinyModel.writeBert(base, 1);
        };
    }

    private TrainedModel model(Arch arch, HeadKind head, List<String> labels, Method method, TensorMap initial) {
        BaseModel loaded = BaseModel.load(manager, write(arch));
        Map<String, Tensor> trained = new TreeMap<>();
        initial.with(loaded.initialHead(head, labels.size(), 2)).asMap().forEach((name, tensor) -> {
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] += 0.1f * (float) Math.sin(i + name.length());
            }
            trained.put(name, new Tensor(tensor.shape(), values));
        });
        return new TrainedModel(loaded, base, head, labels, 32, method, new TensorMap(trained), method.anchor(initial));
    }

    private int[] ids(String text) {
        try (Tokenizer tokenizer = Tokenizer.load(base)) {
            return tokenizer.encode(text, 32);
        }
    }

    /** The model's own scores of one text. */
    private static float[] scores(TrainedModel model, int[] ids) {
        return scores(model, new Example(ids));
    }

    private static float[] scores(TrainedModel model, Example example) {
        try (FrozenBase frozen = new FrozenBase(model.base(), model.method(), model.anchor(), Precision.FP32);
                ClientModel client = new ClientModel(
                        frozen, model.trained(), model.head(), model.labels().size(), 0);
                NDManager scope = client.newScope();
                GradMode off = GradMode.off()) {
            EncoderInput batch = new Batch(List.of(example)).input(scope);
            return client.encoder().logits(batch, false).toFloatArray();
        }
    }

    private float[] softmax(float[] scores) {
        return manager.create(scores).softmax(0).toFloatArray();
    }

    private static int best(float[] scores, int token, int labels) {
        int best = 0;
        for (int label = 1; label < labels; label++) {
            best = scores[token * labels + label] > scores[token * labels + best] ? label : best;
        }
        return best;
    }
}
