package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.HeadKind;
import federa.encoder.HeadedEncoder;
import federa.random.Seeds;
import federa.spi.InvalidInputException;
import federa.task.Overlap.Stretch;
import federa.text.Pieces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Continued pre-training: some tokens of a text are hidden, and the model says what stood there. Of the chosen tokens 80 %
 * become the mask token, 10 % a random one and 10 % stay. A long text is cut into parts that each train. Each pass over
 * the examples hides other tokens; for scoring the choice depends on the text alone.
 *
 * @param share of the tokens that are chosen, at least one in each example
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT, section 3.1</a>
 */
public record MaskedLanguageModel(double share) implements Task {

    private static final String TEXT = "text";
    private static final long SCORING = 0x6d6c6d;

    public MaskedLanguageModel {
        if (!(share > 0 && share < 1)) {
            throw new InvalidInputException("task.share must be above 0 and below 1, got " + share);
        }
    }

    @Override
    public String name() {
        return "mlm";
    }

    @Override
    public String metric() {
        return "accuracy";
    }

    @Override
    public List<String> inputs() {
        return List.of(TEXT);
    }

    @Override
    public List<String> truths() {
        return List.of();
    }

    @Override
    public HeadKind head() {
        return HeadKind.VOCABULARY;
    }

    @Override
    public List<String> labels(List<String> ofData) {
        return List.of();
    }

    @Override
    public void requireFits(int maxTokens, int special) {
        // Any length does.
    }

    /** The parts of the texts, with nothing hidden yet: the targets are all tokens but the special ones. */
    @Override
    public List<Example> examples(List<? extends Fields> rows, Reader reader) {
        List<Example> examples = new ArrayList<>();
        parts(rows, reader).forEach(examples::addAll);
        return examples;
    }

    private static List<List<Example>> parts(List<? extends Fields> rows, Reader reader) {
        int leading = reader.tokenizer().leading();
        int room = reader.maxTokens() - leading - reader.tokenizer().trailing();
        List<List<Example>> parts = new ArrayList<>(rows.size());
        for (Pieces pieces : reader.tokenizer()
                .pieces(rows.stream().map(row -> row.text(TEXT)).toList())) {
            List<Example> examples = new ArrayList<>();
            for (Stretch stretch : Overlap.cut(pieces.size(), room, 0)) {
                if (stretch.length() > 0) {
                    int[] content = Arrays.copyOfRange(pieces.ids(), stretch.from(), stretch.to());
                    int[] ids = reader.tokenizer().frame(content);
                    int[] targets = new int[ids.length];
                    Arrays.fill(targets, Example.NONE);
                    System.arraycopy(content, 0, targets, leading, content.length);
                    examples.add(new Example(ids, targets));
                }
            }
            parts.add(examples);
        }
        return parts;
    }

    @Override
    public List<Example> pass(List<Example> examples, Reader reader, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return examples.stream()
                .map(example -> hide(example, reader, random.split()))
                .toList();
    }

    private Example hide(Example whole, Reader reader, SplittableRandom random) {
        int[] ids = whole.ids().clone();
        int[] targets = whole.targets().clone();
        int[] content = IntStream.range(0, targets.length)
                .filter(t -> targets[t] != Example.NONE)
                .toArray();
        int always = content[random.nextInt(content.length)];
        for (int t : content) {
            if (t != always && random.nextDouble() >= share) {
                targets[t] = Example.NONE;
                continue;
            }
            double how = random.nextDouble();
            if (how < 0.8) {
                ids[t] = reader.tokenizer().maskId();
            } else if (how < 0.9) {
                ids[t] = anyToken(reader, random);
            }
        }
        return new Example(ids, targets);
    }

    /** Not the padding, which a model does not see. */
    private static int anyToken(Reader reader, SplittableRandom random) {
        int token = random.nextInt(reader.tokenizer().vocabularySize() - 1);
        return token < reader.tokenizer().padId() ? token : token + 1;
    }

    @Override
    public NDArray loss(HeadedEncoder model, Batch batch, NDManager scope) {
        NDArray hidden = model.hidden(batch.input(scope), true);
        NDArray logits = model.scores(Losses.rows(hidden, batch.places()), true);
        return Losses.crossEntropy(logits, Losses.int64(scope, batch.classes()));
    }

    @Override
    public List<Windows> windows(List<? extends Fields> rows, Reader reader) {
        List<List<Example>> parts = parts(rows, reader);
        List<Windows> windows = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            long seed = Seeds.of(SCORING, rows.get(i).text(TEXT));
            windows.add(new Hidden(pass(parts.get(i), reader, seed)));
        }
        return windows;
    }

    /** For each example the sum of the cross entropies, the hidden tokens that were guessed, and how many were hidden. */
    @Override
    public float[][] outputs(HeadedEncoder model, Batch batch, NDManager scope) {
        NDArray hidden = model.hidden(batch.input(scope), false);
        NDArray logits = model.scores(Losses.rows(hidden, batch.places()), false);
        float[] likelihoods = Losses.logLikelihoods(logits, Losses.int64(scope, batch.classes()))
                .toFloatArray();
        long[] guesses = logits.argMax(-1).toLongArray();
        float[][] outputs = new float[batch.size()][3];
        int next = 0;
        for (int row = 0; row < outputs.length; row++) {
            for (int target : batch.examples().get(row).targets()) {
                if (target != Example.NONE) {
                    outputs[row][0] -= likelihoods[next];
                    outputs[row][1] += guesses[next] == target ? 1 : 0;
                    outputs[row][2]++;
                    next++;
                }
            }
        }
        return outputs;
    }

    /** {@code loss}, the sum over the {@code tokens} that were hidden, and how many were guessed: {@code correct}. */
    @Override
    public List<Column> predictions() {
        return List.of(
                new Column("loss", ValueType.Single.DECIMAL),
                new Column("correct", ValueType.Single.WHOLE),
                new Column("tokens", ValueType.Single.WHOLE));
    }

    @Override
    public Score score(List<String> labels) {
        return new GuessScore();
    }

    private record Hidden(List<Example> examples) implements Windows {

        @Override
        public Prediction predict(List<float[]> outputs) {
            double loss = 0;
            int correct = 0;
            int tokens = 0;
            for (float[] output : outputs) {
                loss += output[0];
                correct += (int) output[1];
                tokens += (int) output[2];
            }
            return new Prediction.Guesses(loss, correct, tokens);
        }
    }
}
