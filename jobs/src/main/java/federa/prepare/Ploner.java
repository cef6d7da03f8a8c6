package federa.prepare;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Persons, locations and organisations in seven domains: {@code word<SPACE>tag} in {@code DOMAIN_train.txt},
 * {@code DOMAIN_dev.txt} and {@code DOMAIN_test.txt}.
 *
 * <p>Train and dev together are the train split, as in FedNLP; the domain is the key. Other files of the folder, such as
 * {@code DOMAIN_all.txt}, are left alone.
 *
 * @param folder with a folder for each domain
 * @param domains which to read; empty for all that are there
 * @see <a href="https://arxiv.org/abs/2001.03844">Fu, Liu and Zhang, 2020</a>
 * @see <a href="https://arxiv.org/abs/2104.08815">FedNLP, Lin et al., 2021</a>
 */
public record Ploner(String folder, List<String> domains) implements Source {

    private static final Pattern NAME = Pattern.compile("([^/]+)_(train|dev|test)\\.txt(\\.gz)?");

    public Ploner {
        domains = List.copyOf(domains);
    }

    @Override
    public String name() {
        return "ploner";
    }

    @Override
    public Kind kind() {
        return Kind.ENTITIES;
    }

    @Override
    public Optional<Published> published() {
        return domains.isEmpty() ? Optional.of(new Published(14_000, 3_501, 3)) : Optional.empty();
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        List<SplitFile> files = new ArrayList<>();
        Set<String> missing = new TreeSet<>(domains);
        for (SplitFile file : InputFiles.find(spark, "train and test", folder, Set.of())) {
            Matcher name = NAME.matcher(file.name());
            if (name.matches() && (domains.isEmpty() || domains.contains(name.group(1)))) {
                String split = name.group(2).equals("test") ? "test" : "train";
                files.add(new SplitFile(split, file.path(), file.name()));
                missing.remove(name.group(1));
            }
        }

        if (files.isEmpty() || !missing.isEmpty()) {
            throw new InvalidInputException(
                    "the folder %s has no files of %s; they are named DOMAIN_train.txt and so on"
                            .formatted(folder, missing.isEmpty() ? "any domain" : "the domains " + missing));
        }
        return FileRows.read(
                spark,
                files,
                (file, bytes) -> new Rows<>(
                        new Sentences(bytes, ConllColumns.two(" ")), new Entities(TagScheme.IOB2, domain(file))));
    }

    private static String domain(SplitFile file) {
        return file.name().substring(0, file.name().lastIndexOf('_'));
    }
}
