package federa.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/** What somebody's own files are, told by their extension and the begin of the first. */
public enum RawFiles {
    /** A table, one record a row: {@link Columns}. */
    TABLE,
    /** Sentences with a tag for each word: {@link Conll}. */
    TAGGED_WORDS,
    /** Questions about contexts: {@link SquadForm}. */
    QUESTIONS;

    private static final int LOOKED_AT = 1 << 16;
    private static final Pattern SQUAD = Pattern.compile("(?s)\\s*\\{.*\"paragraphs\"\\s*:.*");

    /**
     * What is at a path.
     *
     * @throws IllegalArgumentException if nothing is there, or nothing of these
     */
    public static RawFiles at(SparkSession spark, String path) {
        SplitFile file = InputFiles.find(spark, "train", path, Set.of()).get(0);
        if (file.type().equals("json") && SQUAD.matcher(begin(spark, file)).matches()) {
            return QUESTIONS;
        }
        if (Columns.TYPES.contains(file.type())) {
            return TABLE;
        }
        if (isTagged(begin(spark, file))) {
            return TAGGED_WORDS;
        }
        throw new IllegalArgumentException(
                "%s is neither a table (.csv or .tsv with a header, .jsonl, .parquet) nor sentences with one word and its tag a line, nor questions in SQuAD's form (.json); rename or convert it"
                        .formatted(file.shown()));
    }

    /** How the tags of {@link #TAGGED_WORDS} are written: in IOB2 every entity begins with B-. */
    public static TagScheme scheme(SparkSession spark, String path) {
        String before = "";
        for (String line : begin(spark, InputFiles.find(spark, "train", path, Set.of()).get(0)).lines().toList()) {
            String tag = lastColumn(line);
            boolean inside = tag.startsWith("I-") && before.endsWith(tag.substring(1)) && before.length() == tag.length();
            if (tag.startsWith("I-") && !inside) {
                return TagScheme.IOB1;
            }
            before = tag;
        }
        return TagScheme.IOB2;
    }

    private static boolean isTagged(String begin) {
        List<String> lines =
                begin.lines().filter(line -> !line.isBlank()).limit(200).toList();
        long tagged = lines.stream()
                .filter(line -> TagScheme.isTag(lastColumn(line)) && !lastColumn(line).equals(line.strip()))
                .count();
        return tagged > 0 && tagged >= 0.9 * lines.size();
    }

    private static String lastColumn(String line) {
        String columns = line.stripTrailing();
        return columns.substring(Math.max(columns.lastIndexOf(' '), columns.lastIndexOf('\t')) + 1);
    }

    private static String begin(SparkSession spark, SplitFile file) {
        try (InputStream text = file.open(spark.sparkContext().hadoopConfiguration())) {
            return new String(text.readNBytes(LOOKED_AT), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read (%s); it may be cut off or damaged: fetch it again"
                            .formatted(file.shown(), OneLine.of(e)),
                    e);
        }
    }
}
