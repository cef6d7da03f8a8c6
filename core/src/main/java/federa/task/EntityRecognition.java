package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.encoder.HeadKind;
import federa.encoder.HeadedEncoder;
import federa.metric.Entities;
import federa.metric.Entity;
import federa.spi.InvalidInputException;
import federa.task.Overlap.Stretch;
import federa.text.Pieces;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Named entities: an IOB2 tag for every word, from its first piece; other pieces have no target. Words are what stands
 * between spaces. A sentence that is too long is cut into parts that overlap, and each word belongs to the part that
 * sees most around it.
 *
 * @param overlap tokens that neighbouring parts of a long sentence share
 */
public record EntityRecognition(int overlap) implements ClassTask {

    private static final String TEXT = "text";
    static final String TAGS = "tags";
    private static final String OUTSIDE = "O";

    /** {@code prediction}, a tag for each word, and {@code entities}, what the tags say. */
    public static final List<Column> PREDICTIONS = List.of(
            new Column("prediction", ValueType.listOf(ValueType.Single.TEXT)),
            new Column(
                    "entities",
                    ValueType.listOf(ValueType.struct(
                            new Column("type", ValueType.Single.TEXT),
                            new Column("text", ValueType.Single.TEXT),
                            new Column("start", ValueType.Single.WHOLE),
                            new Column("end", ValueType.Single.WHOLE)))));

    @Override
    public String name() {
        return "ner";
    }

    @Override
    public String metric() {
        return "f1";
    }

    @Override
    public List<String> inputs() {
        return List.of(TEXT);
    }

    @Override
    public List<String> truths() {
        return List.of(TAGS);
    }

    @Override
    public HeadKind head() {
        return HeadKind.TOKENS;
    }

    @Override
    public List<String> labels(List<String> ofData) {
        return ofData;
    }

    @Override
    public void requireFits(int maxTokens, int special) {
        Overlap.require("task.overlap", overlap, maxTokens - special, maxTokens);
    }

    @Override
    public List<Example> examples(List<? extends Fields> rows, Reader reader) {
        List<Sentence> sentences = sentences(rows, reader);
        List<Example> examples = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            examples.addAll(sentences.get(i).taught(targets(rows.get(i), reader.labels())));
        }
        return examples;
    }

    private static int[] targets(Fields row, List<String> labels) {
        List<String> tags = row.texts(TAGS);
        int words = new Words(row.text(TEXT)).count();
        if (tags == null || tags.size() != words) {
            throw new InvalidInputException("example %s has %d words and %s tags; each word needs one"
                    .formatted(row.text("id"), words, tags == null ? "no" : tags.size()));
        }
        int[] targets = new int[words];
        for (int word = 0; word < words; word++) {
            targets[word] = labels.indexOf(tags.get(word));
            if (targets[word] < 0) {
                throw new InvalidInputException("example %s has the tag '%s', which is not one of the run's %s"
                        .formatted(row.text("id"), tags.get(word), labels));
            }
        }
        return targets;
    }

    private List<Sentence> sentences(List<? extends Fields> rows, Reader reader) {
        List<String> texts = rows.stream().map(row -> row.text(TEXT)).toList();
        List<Pieces> pieces = reader.tokenizer().pieces(texts);
        int room = reader.maxTokens() - specialTokens(reader.tokenizer());
        List<Sentence> sentences = new ArrayList<>(rows.size());
        for (int i = 0; i < texts.size(); i++) {
            Words words = new Words(texts.get(i));
            sentences.add(new Sentence(
                    words,
                    pieces.get(i),
                    words.firstPieces(pieces.get(i)),
                    Overlap.cut(pieces.get(i).size(), room, overlap),
                    reader));
        }
        return sentences;
    }

    @Override
    public NDArray loss(HeadedEncoder model, Batch batch, NDManager scope) {
        NDArray hidden = model.hidden(batch.input(scope), true);
        NDArray logits = model.scores(Losses.rows(hidden, batch.places()), true);
        return Losses.crossEntropy(logits, Losses.int64(scope, batch.classes()));
    }

    @Override
    public NDArray classified(NDArray computed, Batch batch) {
        return Losses.rows(computed, batch.places());
    }

    /** Most words are no part of an entity. */
    @Override
    public boolean oneClassIsNearlyAll() {
        return true;
    }

    @Override
    public List<Windows> windows(List<? extends Fields> rows, Reader reader) {
        return List.copyOf(sentences(rows, reader));
    }

    /** The probabilities of all tags for every token, one token after the other. */
    @Override
    public float[][] outputs(HeadedEncoder model, Batch batch, NDManager scope) {
        NDArray probabilities = model.logits(batch.input(scope), false).softmax(-1);
        return Losses.perExample(probabilities, batch);
    }

    @Override
    public List<Column> predictions() {
        return PREDICTIONS;
    }

    @Override
    public Score score(List<String> labels) {
        return new TagScore();
    }

    /** A sentence, its words' first pieces and the stretches of pieces that the model sees. */
    private record Sentence(Words words, Pieces pieces, int[] firstPieces, List<Stretch> stretches, Reader reader)
            implements Windows {

        /** The examples in which at least one word has a target, given those of the words. */
        List<Example> taught(int[] targets) {
            List<int[]> byStretch = new ArrayList<>();
            stretches.forEach(stretch -> {
                int[] none = new int
                        [reader.tokenizer().leading()
                                + stretch.length()
                                + reader.tokenizer().trailing()];
                Arrays.fill(none, Example.NONE);
                byStretch.add(none);
            });
            for (int word = 0; word < targets.length; word++) {
                int piece = firstPieces[word];
                if (piece >= 0) {
                    int owner = Overlap.owner(stretches, piece);
                    byStretch.get(owner)[place(stretches.get(owner), piece)] = targets[word];
                }
            }
            List<Example> examples = new ArrayList<>();
            for (int i = 0; i < byStretch.size(); i++) {
                if (Arrays.stream(byStretch.get(i)).anyMatch(target -> target != Example.NONE)) {
                    examples.add(new Example(ids(stretches.get(i)), byStretch.get(i)));
                }
            }
            return examples;
        }

        @Override
        public List<Example> examples() {
            return stretches.stream().map(stretch -> new Example(ids(stretch))).toList();
        }

        private int[] ids(Stretch stretch) {
            return reader.tokenizer().frame(Arrays.copyOfRange(pieces.ids(), stretch.from(), stretch.to()));
        }

        /** Where a piece stands among the ids of its stretch. */
        private int place(Stretch stretch, int piece) {
            return reader.tokenizer().leading() + piece - stretch.from();
        }

        @Override
        public Prediction predict(List<float[]> outputs) {
            List<String> tags = new ArrayList<>(words.count());
            for (int piece : firstPieces) {
                tags.add(piece < 0 ? OUTSIDE : tag(piece, outputs));
            }
            List<Prediction.Mention> mentions = new ArrayList<>();
            for (Entity entity : Entities.DEFAULT.in(tags)) {
                int last = entity.end() - 1;
                mentions.add(new Prediction.Mention(
                        entity.type(),
                        words.between(entity.start(), last),
                        words.start(entity.start()),
                        words.end(last)));
            }
            return new Prediction.Entities(tags, mentions);
        }

        private String tag(int piece, List<float[]> outputs) {
            int owner = Overlap.owner(stretches, piece);
            int labels = reader.labels().size();
            int offset = place(stretches.get(owner), piece) * labels;
            float[] probabilities = outputs.get(owner);
            int best = 0;
            for (int label = 0; label < labels; label++) {
                best = probabilities[offset + label] > probabilities[offset + best] ? label : best;
            }
            return reader.labels().get(best);
        }
    }
}
