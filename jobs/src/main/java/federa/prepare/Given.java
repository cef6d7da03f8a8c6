package federa.prepare;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Rows that a program has, such as the DataFrame that a Spark ML estimator is fitted to. There are no files to read them
 * from again: a run of such data goes on only while its warehouse has the data set.
 *
 * <p>The rows have the columns of the kind, {@code starts} counting Unicode code points as the files of questions do, and may
 * lack a test split. An id may be null, and is then derived from the content. The label of entities is made from the tags.
 *
 * @param kind what the rows are
 * @param numbers the labels are numbers, written as Spark writes a double
 */
public record Given(Kind kind, boolean numbers) implements Source {

    @Override
    public String name() {
        return "given";
    }

    @Override
    public Optional<Published> published() {
        return Optional.empty();
    }

    @Override
    public boolean hasNumericLabels() {
        return numbers;
    }

    @Override
    public List<String> splits() {
        return List.of("train");
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        throw new InvalidInputException(
                "data.source.format given: these rows came from a program and can only be prepared by it;"
                        + " fit the estimator again, or name files");
    }

    /**
     * The records of these rows as {@link Source#read} gives them.
     *
     * @param rows with the columns of the kind
     */
    public Dataset<Row> records(Dataset<Row> rows) {
        MapFunction<Row, Row> record = this::record;
        return rows.select(kind.columns()).map(record, Encoders.row(RawRow.SCHEMA));
    }

    private Row record(Row row) {
        SplitFile origin = new SplitFile(row.getAs("split"), "the given rows", "the given rows");
        try {
            return RawRow.of(origin, 0, labelled(row)).toRow();
        } catch (Malformed e) {
            String id = row.getAs("id");
            String which = id == null ? "" : "record " + id + ": ";
            return RawRow.malformed(origin, 0, which + e.getMessage()).toRow();
        }
    }

    private Labelled labelled(Row row) throws Malformed {
        String text = row.getAs("text");
        if (text == null || text.isBlank()) {
            throw new Malformed(text == null ? "the text is null" : "the text is empty");
        }
        return new Labelled(null, row.getAs("id"), text, label(row), row.getAs("key"), annotation(row, text));
    }

    private String label(Row row) throws Malformed {
        String label = kind == Kind.ENTITIES ? Entities.types(tags(row)) : row.getAs("label");
        if (numbers && label != null && !Double.isFinite(Double.parseDouble(label))) {
            throw new Malformed("the label is %s, which is no class; fill it or drop this row".formatted(label));
        }
        return label;
    }

    private Annotation annotation(Row row, String text) throws Malformed {
        return switch (kind) {
            case TEXTS -> Annotation.NONE;
            case ENTITIES -> Annotation.tags(tagged(text, tags(row)));
            case QUESTIONS -> answered(row, text);
        };
    }

    private static List<String> tags(Row row) throws Malformed {
        return list(row, "tags");
    }

    private static List<String> tagged(String text, List<String> tags) throws Malformed {
        String[] words = text.split(" ", -1);
        if (words.length != tags.size()) {
            throw new Malformed("the text has %d words, separated by one space each, and %d tags"
                    .formatted(words.length, tags.size()));
        }
        List<Word> sentence = new ArrayList<>(words.length);
        for (int i = 0; i < words.length; i++) {
            if (words[i].isEmpty()) {
                throw new Malformed("word %d is empty; separate words by one space each".formatted(i + 1));
            }
            sentence.add(new Word(0, words[i], tags.get(i)));
        }
        return TagScheme.IOB2.iob2(sentence);
    }

    private static Annotation answered(Row row, String text) throws Malformed {
        String question = row.getAs("question");
        if (question == null || question.isBlank()) {
            throw new Malformed(question == null ? "the question is null" : "the question is empty");
        }
        List<String> answers = list(row, "answers");
        List<Integer> starts = list(row, "starts");
        if (answers.size() != starts.size()) {
            throw new Malformed("the question has %d answers and %d starts".formatted(answers.size(), starts.size()));
        }
        Answers found = new Answers(text);
        for (int i = 0; i < answers.size(); i++) {
            found.add(starts.get(i), answers.get(i));
        }
        return found.to(question);
    }

    private static <T> List<T> list(Row row, String column) throws Malformed {
        int place = row.fieldIndex(column);
        if (row.isNullAt(place)) {
            throw new Malformed("the %s are null".formatted(column));
        }
        List<T> values = row.getList(place);
        if (values.contains(null)) {
            throw new Malformed("one of the %s is null".formatted(column));
        }
        return values;
    }
}
