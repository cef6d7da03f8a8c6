package federa.job;

import federa.prepare.RawFiles;
import federa.spi.InvalidInputException;
import federa.store.Locations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at somebody's own data and writes a short experiment file for it. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at your data, says what it saw, and writes a short experiment file for it:",
            "a table (.csv or .tsv with a header, .jsonl, .parquet), sentences with one word and its tag a line,",
            "or questions in SQuAD's form (.json); a file or a folder of one type."
        },
        footer = {
            "",
            "Columns that are not named are proposed. Without --test a share of the train rows becomes the test split.",
            "Example: federa init --train reviews.csv --text body --label stars mine.yaml"
        })
public final class InitJob implements Callable<Integer> {

    @Option(names = "--train", paramLabel = "PATH", required = true, description = "The data to learn from.")
    private String train;

    @Option(names = "--test", paramLabel = "PATH", description = "The data to be judged by.")
    private Optional<String> test;

    @Option(names = "--text", paramLabel = "COLUMN", description = "The column with the text.")
    private Optional<String> text;

    @Option(names = "--label", paramLabel = "COLUMN", description = "The column with the class of the text.")
    private Optional<String> label;

    @Option(
            names = "--client",
            paramLabel = "COLUMN",
            description = "The column that says whose row it is; its values are the clients. '" + OwnData.NONE
                    + "': there is none, and the rows are divided.")
    private Optional<String> client;

    @Parameters(index = "0", paramLabel = "FILE", description = "The experiment file to write; it must not exist.")
    private String file;

    public static void main(String[] args) {
        Launch.main(new InitJob(), args);
    }

    @Override
    public Integer call() {
        Path path = Locations.path("FILE", file);
        requireNew(path);
        return Sessions.with("init", 1, spark -> {
            OwnData data = look(spark);
            String name = name(path);
            write(path, data.draft(name, file).checked(file));
            System.out.println(train);
            data.said().forEach(line -> System.out.println("  " + line));
            System.out.printf("%nWrote %s. Now:%n", file);
            System.out.printf("  ./federa run --conf %s%n  %s%n", OwnData.quoted(file), data.score(name));
            return 0;
        });
    }

    private OwnData look(SparkSession spark) {
        String trainPath = absolute("--train", train);
        String testPath = test.map(path -> absolute("--test", path)).orElse(OwnData.NONE);
        RawFiles kind = RawFiles.at(spark, trainPath);
        if (kind == RawFiles.TABLE) {
            return OwnData.table(spark, trainPath, testPath, text, label, client);
        }
        if (text.isPresent() || label.isPresent() || client.isPresent()) {
            throw new InvalidInputException(
                    "--train %s is no table, and so has no columns to name with --text, --label or --client"
                            .formatted(train));
        }
        return OwnData.other(spark, kind, trainPath, testPath);
    }

    /** A local path as one that holds in every directory; others are as they are. */
    private static String absolute(String option, String path) {
        try {
            Path given = Locations.path(option, path);
            FileSystem fs = Locations.fileSystem(option, given, new Configuration());
            Path qualified = fs.makeQualified(given);
            return fs instanceof LocalFileSystem && !given.isAbsoluteAndSchemeAuthorityNull()
                    ? qualified.toUri().getPath()
                    : path;
        } catch (IOException e) {
            throw new InvalidInputException("cannot reach %s %s: %s".formatted(option, path, e.getMessage()), e);
        }
    }

    /** The file's name without its extension, with what a run's name cannot have replaced by dashes. */
    private static String name(Path path) {
        String name = path.getName()
                .replaceAll("\\.ya?ml$", "")
                .replaceAll("[^A-Za-z0-9._-]", "-")
                .replaceAll("^[^A-Za-z0-9]+", "");
        return name.isEmpty() ? "mine" : name.substring(0, Math.min(100, name.length()));
    }

    private void requireNew(Path path) {
        try {
            if (Locations.fileSystem("FILE", path, new Configuration()).exists(path)) {
                throw new InvalidInputException("%s exists already; remove it or name another".formatted(file));
            }
        } catch (IOException e) {
            throw new InvalidInputException("cannot reach %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private void write(Path path, String yaml) {
        try {
            FileSystem fs = Locations.fileSystem("FILE", path, new Configuration());
            Locations.write(fs, fs.makeQualified(path), yaml.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new InvalidInputException(
                    "cannot write %s: %s; name a file in a directory that you may write to"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
