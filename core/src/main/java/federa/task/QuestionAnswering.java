package federa.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import federa.encoder.HeadKind;
import federa.encoder.HeadedEncoder;
import federa.spi.InvalidInputException;
import federa.task.Overlap.Stretch;
import federa.text.Pieces;
import federa.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extractive question answering: the span of the context that answers, by its first and last token. A context that is too
 * long is cut into windows that overlap; a window that does not hold the whole answer should point at the first token.
 *
 * @param overlap context tokens that neighbouring windows share
 * @param maxQuestion longest question in tokens; longer ones lose their end
 * @param maxAnswer longest answer in tokens
 * @param best how many answers a prediction names
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT, section 4.2</a>
 */
public record QuestionAnswering(int overlap, int maxQuestion, int maxAnswer, int best) implements Task {

    private static final Logger LOG = LoggerFactory.getLogger(QuestionAnswering.class);

    private static final String CONTEXT = "text";
    private static final String QUESTION = "question";
    static final String ANSWERS = "answers";
    private static final String STARTS = "starts";

    /** {@code prediction} and {@code probability} of the best answer, and {@code predicted_answers}, the best ones with places. */
    public static final List<Column> PREDICTIONS = List.of(
            new Column("prediction", ValueType.Single.TEXT),
            new Column("probability", ValueType.Single.DECIMAL),
            new Column(
                    "predicted_answers",
                    ValueType.listOf(ValueType.struct(
                            new Column("text", ValueType.Single.TEXT),
                            new Column("probability", ValueType.Single.DECIMAL),
                            new Column("start", ValueType.Single.WHOLE),
                            new Column("end", ValueType.Single.WHOLE)))));

    /** So low that a softmax gives it nothing, and yet a number. */
    private static final float NEVER = -1e30f;

    public QuestionAnswering {
        require(maxQuestion >= 1, "task.max-question", maxQuestion);
        require(maxAnswer >= 1, "task.max-answer", maxAnswer);
        require(best >= 1, "task.best", best);
    }

    private static void require(boolean valid, String key, int value) {
        if (!valid) {
            throw new InvalidInputException("%s must be at least 1, got %d".formatted(key, value));
        }
    }

    @Override
    public String name() {
        return "qa";
    }

    @Override
    public String metric() {
        return "f1";
    }

    @Override
    public List<String> inputs() {
        return List.of(CONTEXT, QUESTION);
    }

    @Override
    public List<String> truths() {
        return List.of(ANSWERS, STARTS);
    }

    @Override
    public HeadKind head() {
        return HeadKind.SPAN;
    }

    @Override
    public List<String> labels(List<String> ofData) {
        return List.of();
    }

    @Override
    public int specialTokens(Tokenizer tokenizer) {
        return tokenizer.leading() + tokenizer.between() + tokenizer.trailing();
    }

    @Override
    public void requireFits(int maxTokens, int special) {
        Overlap.require("task.overlap", overlap, maxTokens - special - maxQuestion, maxTokens);
    }

    /** {@inheritDoc} A row whose answer has no token gives no example: it would be taught as a question without one. */
    @Override
    public List<Example> examples(List<? extends Fields> rows, Reader reader) {
        List<Asked> asked = asked(rows, reader);
        List<Example> examples = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            List<String> answers = rows.get(i).texts(ANSWERS);
            List<Integer> starts = rows.get(i).numbers(STARTS);
            if (answers == null || starts == null || answers.isEmpty() || starts.size() != answers.size()) {
                throw new InvalidInputException("example %s has no answer, or not a start for each"
                        .formatted(rows.get(i).text("id")));
            }
            Stretch answer = asked.get(i)
                    .tokens(starts.get(0), starts.get(0) + answers.get(0).length());
            if (answer.length() > 0) {
                examples.addAll(asked.get(i).taught(answer));
            } else {
                left.add(rows.get(i).text("id"));
            }
        }
        if (!left.isEmpty()) {
            LOG.warn(
                    "{} of {} questions are not learnt, as the tokenizer has no token for any character of their answer, such as that of example {}",
                    left.size(),
                    rows.size(),
                    left.get(0));
        }
        return examples;
    }

    private List<Asked> asked(List<? extends Fields> rows, Reader reader) {
        List<String> texts = rows.stream().map(row -> row.text(CONTEXT)).toList();
        // A context has many questions in a row: tokenize each context once.
        Map<String, Integer> distinct = new LinkedHashMap<>();
        texts.forEach(text -> distinct.putIfAbsent(text, distinct.size()));
        List<Pieces> contexts = reader.tokenizer().pieces(List.copyOf(distinct.keySet()));
        List<Pieces> questions = reader.tokenizer()
                .pieces(rows.stream().map(row -> row.text(QUESTION)).toList());
        List<Asked> asked = new ArrayList<>(rows.size());
        for (int i = 0; i < texts.size(); i++) {
            int[] question = questions.get(i).ids();
            int[] kept = Arrays.copyOf(question, Math.min(question.length, maxQuestion));
            Pieces context = contexts.get(distinct.get(texts.get(i)));
            asked.add(new Asked(texts.get(i), kept, context, stretches(context, kept, reader), reader, this));
        }
        return asked;
    }

    private List<Stretch> stretches(Pieces context, int[] question, Reader reader) {
        int room = reader.maxTokens() - specialTokens(reader.tokenizer()) - question.length;
        return Overlap.cut(context.size(), room, overlap);
    }

    @Override
    public NDArray loss(HeadedEncoder model, Batch batch, NDManager scope) {
        NDArray logits = model.logits(batch.input(scope), true);
        NDArray padding = padding(batch, scope);
        NDArray start = logits.get(new NDIndex(":, :, 0")).add(padding);
        NDArray end = logits.get(new NDIndex(":, :, 1")).add(padding);
        // The batch's two means have one weight each, so that their mean is that of all ends.
        return Losses.crossEntropy(start.concat(end, 0), batch.targets(scope, 0).concat(batch.targets(scope, 1), 0));
    }

    /** 0 at tokens, very low at padding: (B, T). No span starts or ends in padding. */
    private static NDArray padding(Batch batch, NDManager scope) {
        int longest = batch.longest();
        float[] mask = new float[batch.size() * longest];
        for (int row = 0; row < batch.size(); row++) {
            Arrays.fill(mask, row * longest + batch.examples().get(row).length(), (row + 1) * longest, NEVER);
        }
        return scope.create(mask, new Shape(batch.size(), longest));
    }

    @Override
    public List<Windows> windows(List<? extends Fields> rows, Reader reader) {
        return List.copyOf(asked(rows, reader));
    }

    /** The scores of being the start and of being the end, for every token, one token after the other. */
    @Override
    public float[][] outputs(HeadedEncoder model, Batch batch, NDManager scope) {
        return Losses.perExample(model.logits(batch.input(scope), false), batch);
    }

    @Override
    public List<Column> predictions() {
        return PREDICTIONS;
    }

    @Override
    public Score score(List<String> labels) {
        return new SpanScore();
    }

    /** A question over the stretches of its context. */
    private record Asked(
            String text, int[] question, Pieces context, List<Stretch> stretches, Reader reader, QuestionAnswering task)
            implements Windows {

        /** Where the first token of a stretch stands among the ids of its example. */
        private int offset() {
            return reader.tokenizer().leading()
                    + question.length
                    + reader.tokenizer().between();
        }

        private Example example(Stretch stretch, int... ends) {
            int[] part = Arrays.copyOfRange(context.ids(), stretch.from(), stretch.to());
            int[] ids = reader.tokenizer().frame(question, part);
            return Example.pair(ids, reader.tokenizer().marksSecond() ? offset() : ids.length, ends);
        }

        /**
         * The tokens with a character between two places of the text; none if there is no such token. White space at the
         * ends of an answer, and what the tokenizer drops, has no token and so plays no part.
         */
        Stretch tokens(int start, int end) {
            int[] inside = IntStream.range(0, context.size())
                    .filter(i -> Math.max(context.starts()[i], start) < Math.min(context.ends()[i], end))
                    .toArray();
            return inside.length == 0 ? new Stretch(0, 0) : new Stretch(inside[0], inside[inside.length - 1] + 1);
        }

        /** One example for each stretch, given the tokens of the answer. */
        List<Example> taught(Stretch answer) {
            List<Example> examples = new ArrayList<>();
            for (Stretch stretch : stretches) {
                int shift = offset() - stretch.from();
                examples.add(
                        stretch.contains(answer.from()) && stretch.contains(answer.to() - 1)
                                ? example(stretch, answer.from() + shift, answer.to() - 1 + shift)
                                : example(stretch, 0, 0));
            }
            return examples;
        }

        @Override
        public List<Example> examples() {
            return stretches.stream().map(this::example).toList();
        }

        /** A span of the text with the sum of its two scores. */
        private record Span(int start, int end, double score) {}

        /** All spans of a stretch are looked at, so the best ones are the best there are. */
        @Override
        public Prediction predict(List<float[]> outputs) {
            List<Span> spans = new ArrayList<>();
            for (int i = 0; i < stretches.size(); i++) {
                spans.addAll(spans(stretches.get(i), outputs.get(i)));
            }
            return new Prediction.Answers(answers(best(spans)));
        }

        private List<Span> spans(Stretch stretch, float[] scores) {
            int shift = offset() - stretch.from();
            List<Span> spans = new ArrayList<>();
            for (int first = stretch.from(); first < stretch.to(); first++) {
                int end = Math.min(first + task.maxAnswer(), stretch.to());
                for (int last = first; last < end; last++) {
                    spans.add(span(first, last, scores[2 * (first + shift)] + scores[2 * (last + shift) + 1]));
                }
            }
            return best(spans);
        }

        /** The characters of some pieces, without the white space at their ends that a piece may stand for. */
        private Span span(int first, int last, double score) {
            int start = context.starts()[first];
            int end = Math.max(start, context.ends()[last]);
            while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
                end--;
            }
            return new Span(start, end, score);
        }

        /** The best spans, each place once, the best first. */
        private List<Span> best(List<Span> spans) {
            Set<List<Integer>> places = new HashSet<>();
            return spans.stream()
                    .sorted(Comparator.comparingDouble(Span::score).reversed())
                    .filter(span -> places.add(List.of(span.start(), span.end())))
                    .limit(task.best())
                    .toList();
        }

        private List<Prediction.Answer> answers(List<Span> spans) {
            if (spans.isEmpty()) {
                return List.of(new Prediction.Answer("", 1, 0, 0)); // an empty context
            }
            double highest = spans.get(0).score();
            double sum = spans.stream()
                    .mapToDouble(span -> Math.exp(span.score() - highest))
                    .sum();
            return spans.stream()
                    .map(span -> new Prediction.Answer(
                            text.substring(span.start(), span.end()),
                            Math.exp(span.score() - highest) / sum,
                            span.start(),
                            span.end()))
                    .toList();
        }
    }
}
