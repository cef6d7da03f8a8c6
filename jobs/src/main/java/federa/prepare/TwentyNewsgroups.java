package federa.prepare;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The 20 Newsgroups messages, sorted by date into train and test, as one tar.gz.
 *
 * <p>Headers and quotes stay, and each line break becomes a space, as in FedNLP. The id is the path inside the archive.
 *
 * @param archive 20news-bydate.tar.gz with {@code 20news-bydate-train/GROUP/NUMBER} and {@code 20news-bydate-test/...}
 * @see <a href="http://qwone.com/~jason/20Newsgroups/">20 Newsgroups</a>
 * @see <a href="https://arxiv.org/abs/2104.08815">FedNLP, Lin et al., 2021</a>
 */
public record TwentyNewsgroups(String archive) implements Source {

    private static final Pattern PLACE = Pattern.compile("(?:.*/)?20news-bydate-(train|test)/([^/]+)/[^/]+");
    private static final Pattern LINE_BREAK = Pattern.compile("\r?\n");

    @Override
    public String name() {
        return "20newsgroups";
    }

    @Override
    public Optional<Published> published() {
        return Optional.of(new Published(11_314, 7_532, 20));
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        List<SplitFile> archives = InputFiles.find(spark, "train and test", archive, Set.of("tar"));
        return FileRows.read(spark, archives, TwentyNewsgroups::open);
    }

    private static Rows<?, Labelled> open(SplitFile file, InputStream bytes) {
        // 73 messages are not UTF-8; every byte is a character of ISO-8859-1, so nothing is lost.
        return new Rows<>(new TarMessages(bytes, StandardCharsets.ISO_8859_1), TwentyNewsgroups::labelled);
    }

    private static Labelled labelled(TarMessages.Message message) throws Malformed {
        Matcher place = PLACE.matcher(message.path());
        if (!place.matches()) {
            throw new Malformed("'%s' in the archive is not below 20news-bydate-train/GROUP or 20news-bydate-test/GROUP"
                    .formatted(message.path()));
        }

        return new Labelled(
                place.group(1),
                message.path(),
                LINE_BREAK.matcher(message.text()).replaceAll(" ").strip(),
                place.group(2),
                null);
    }
}
