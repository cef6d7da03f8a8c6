package federa.prepare;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One record of a raw file and what is wrong with it.
 *
 * @param hashed the id is a hash of the content, so that equal records share it until they are numbered
 * @param problem null if the record is usable
 * @param severity what the problem means for the others
 */
record RawRow(
        String id,
        boolean hashed,
        String split,
        String text,
        String label,
        String key,
        Annotation annotation,
        String file,
        long line,
        String problem,
        Severity severity) {

    static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("hashed", DataTypes.BooleanType)
            .add("split", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("key", DataTypes.StringType)
            .add("tags", DataTypes.createArrayType(DataTypes.StringType))
            .add("question", DataTypes.StringType)
            .add("answers", DataTypes.createArrayType(DataTypes.StringType))
            .add("starts", DataTypes.createArrayType(DataTypes.IntegerType))
            .add(Shape.PLACE.apply("file"))
            .add(Shape.PLACE.apply("line"))
            .add(Shape.PLACE.apply("problem"))
            .add(Shape.PLACE.apply("severity"));

    private static final int HASH_BYTES = 16;

    /** Labelled records as rows of {@link #SCHEMA}. */
    record AsRow() implements Shape<Labelled> {

        @Override
        public StructType schema() {
            return SCHEMA;
        }

        @Override
        public Row row(SplitFile file, long line, Labelled record) {
            return RawRow.of(file, line, record).toRow();
        }

        @Override
        public Row left(SplitFile file, long line, String problem, Severity severity) {
            return RawRow.left(file, line, problem, severity).toRow();
        }
    }

    /** A usable row, or a malformed one if the text or the label is missing. */
    static RawRow of(SplitFile file, long line, Labelled record) {
        String missing = missing(record);
        if (missing != null) {
            String which = record.id() == null ? "" : "record " + record.id() + ": ";
            return malformed(file, line, which + missing);
        }

        boolean hashed = record.id() == null;
        String split = record.split() == null ? file.split() : record.split();
        String label = record.label().strip();
        String id = hashed ? contentId(split, label, record) : record.id();
        return new RawRow(
                id,
                hashed,
                split,
                record.text(),
                label,
                key(record.key()),
                record.annotation(),
                file.shown(),
                line,
                null,
                Severity.NONE);
    }

    static RawRow malformed(SplitFile file, long line, String problem) {
        return left(file, line, problem, Severity.RECORD);
    }

    private static RawRow left(SplitFile file, long line, String problem, Severity severity) {
        return new RawRow(
                null,
                false,
                file.split(),
                null,
                null,
                null,
                Annotation.NONE,
                file.shown(),
                line,
                Printable.of(problem),
                severity);
    }

    /** Who it comes from, without white space around it as for labels; an empty one says nothing. */
    private static String key(String key) {
        return key == null || key.isBlank() ? null : key.strip();
    }

    Row toRow() {
        return RowFactory.create(
                id,
                hashed,
                split,
                text,
                label,
                key,
                array(annotation.tags()),
                annotation.question(),
                array(annotation.answers()),
                array(annotation.starts()),
                file,
                line,
                problem,
                severity.name());
    }

    /** Spark takes arrays and Scala's sequences, not Java's lists. */
    private static Object[] array(List<?> values) {
        return values == null ? null : values.toArray();
    }

    private static String missing(Labelled record) {
        if (record.text() == null) {
            return "the text is null";
        }

        if (record.text().isBlank()) {
            return "the text is empty";
        }

        if (record.label() == null) {
            return "the label is null";
        }

        if (record.label().isBlank()) {
            return "the label is empty";
        }

        if (record.id() != null && record.id().isBlank()) {
            return "the id is empty";
        }
        return null;
    }

    /** The split is part of the id because some data sets have the same text in train and in test. */
    private static String contentId(String split, String label, Labelled record) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(label.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(record.text().getBytes(StandardCharsets.UTF_8));
            if (record.annotation().tags() != null) {
                digest.update((byte) 0);
                digest.update(String.join(" ", record.annotation().tags()).getBytes(StandardCharsets.UTF_8));
            }
            return split + "-" + HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
