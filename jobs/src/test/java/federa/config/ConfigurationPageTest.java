package federa.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import federa.peft.Targets;
import federa.prepare.Source;
import federa.spi.Choice;
import federa.train.HeadRate;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} is made from the records and their javadoc, here. */
class ConfigurationPageTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path MEANINGS = Path.of("src/main/resources/federa/config/meanings.tsv");
    private static final Pattern PARAM = Pattern.compile("@param (\\w+) (.*?)(?=\\s@\\w|$)");

    /** Records that are a list or a single value in a file. */
    private static final Set<Class<?>> WRITTEN_AS_ONE = Set.of(Targets.class, HeadRate.class);

    private final Map<String, List<Key>> sections = new LinkedHashMap<>();

    /** @param choice what must be chosen for the key to be there, empty for always */
    private record Key(String name, String choice, String type, String meaning) {}

    @Test
    void thePageIsWhatTheRecordsSay() throws IOException {
        String page = page();
        Files.writeString(Path.of("target", "configuration.md"), page);

        assertThat(HOME.resolve("docs/configuration.md"))
                .as("made anew as jobs/target/configuration.md; copy it there")
                .content()
                .isEqualTo(page);
    }

    @Test
    void theMeaningsThatJobsShowAreWhatTheRecordsSay() throws IOException {
        page();
        String meanings = sections.values().stream()
                .flatMap(List::stream)
                .map(key -> String.join("\t", key.name(), key.choice().replace("`", ""), key.meaning()) + "\n")
                .collect(Collectors.joining());
        Files.writeString(Path.of("target", "meanings.tsv"), meanings);

        assertThat(MEANINGS)
                .as("made anew as jobs/target/meanings.tsv; copy it there")
                .content()
                .isEqualTo(meanings);
    }

    /** Whoever adds a key decides what it is where a file says nothing. */
    @Test
    void everyKeyButWhatOnlyTheUserKnowsHasADefault() throws IOException {
        page();

        assertThat(sections.values().stream()
                        .flatMap(List::stream)
                        .filter(key -> standard(key).isEmpty())
                        .map(Key::name)
                        .filter(key -> !key.startsWith("data.source.")))
                .as("of partitions, only resident clients must be counted by the user")
                .containsExactly(
                        "name", "task.kind", "partition.clients", "federation.client.mu", "federation.aggregator.norm");
    }

    @Test
    void everyKeyHasAMeaning() throws IOException {
        page();

        assertThat(sections.values().stream().flatMap(List::stream))
                .allSatisfy(key -> assertThat(key.meaning()).as(key.name()).isNotBlank());
    }

    @Test
    void everyKeyIsExplainedInTheReadmeOfConf() throws IOException {
        page();

        String readme = Files.readString(HOME.resolve("conf/README.md"));
        assertThat(sections.values().stream().flatMap(List::stream)).allSatisfy(key -> assertThat(readme)
                .containsAnyOf(
                        "`" + key.name() + "`",
                        "`" + key.name().substring(key.name().lastIndexOf('.') + 1) + "`"));
    }

    private String page() throws IOException {
        walk("", "", Experiment.class);
        StringBuilder page = new StringBuilder(
                """
                # All configuration keys

                Made by `ConfigurationPageTest` from the records that an experiment file is bound to, and their javadoc; do not edit. Limits, choices and
                examples are explained in [conf/README.md](../conf/README.md). A key without a default must be in the file; one of a choice only with it. The defaults are those of
                `jobs/src/main/resources/federa/config/defaults.yaml`; `./federa config --conf FILE --explain` shows what a file comes to.
                """);
        sections.forEach((section, keys) -> {
            page.append("\n## ")
                    .append(section)
                    .append("\n\n| key | only with | type | default | meaning |\n|---|---|---|---|---|\n");
            keys.forEach(key -> page.append("| `%s` | %s | %s | %s | %s |%n"
                    .formatted(
                            key.name(),
                            key.choice(),
                            key.type(),
                            standard(key).orElse("required"),
                            key.meaning().replace("|", "\\|"))));
        });
        return page.toString();
    }

    private static Optional<String> standard(Key key) {
        String part = key.name().substring(0, key.name().lastIndexOf('.') + 1);
        String property = part.equals("data.source.") ? "format" : "kind";
        Map<String, String> known = key.choice().isEmpty()
                ? Map.of()
                : Map.of(part + property, key.choice().replace("`", ""));
        return Defaults.STANDARD.inWords(key.name(), known).or(() -> ofPaper(key));
    }

    /** Of what its own class has a default for. */
    private static Optional<String> ofPaper(Key key) {
        String choice = key.choice().isEmpty()
                ? ""
                : ": {kind: %s}".formatted(key.choice().replace("`", ""));
        String part = key.name().replaceAll("^federation\\.|\\.[^.]*$", "");
        String file =
                "name: any\ntask: {kind: classification}\nmodel: {source: any}\ndata: {source: {format: topics}}\n"
                        + (choice.isEmpty() ? "" : "federation: {%s%s}".formatted(part, choice));
        return key.name().matches("federation\\.(client|aggregator|strategy)\\..*")
                ? ExperimentFile.parse("any", file, name -> null)
                        .get(key.name())
                        .map(String::valueOf)
                : Optional.empty();
    }

    private void walk(String path, String choice, Class<?> type) throws IOException {
        Map<String, String> meanings = meanings(type);
        for (RecordComponent component : type.getRecordComponents()) {
            String name = KebabCaseStrategy.INSTANCE.translate(component.getName());
            String key = path.isEmpty() ? name : path + "." + name;
            if (name.equals(Experiment.DEFAULTED)) {
                continue;
            }
            if (Binding.CHOICES.categories().contains(component.getType())) {
                choose(key, component.getType(), meanings.getOrDefault(component.getName(), ""));
            } else if (component.getType().isRecord() && !WRITTEN_AS_ONE.contains(component.getType())) {
                walk(key, choice, component.getType());
            } else {
                add(new Key(key, choice, type(component.getType()), meanings.getOrDefault(component.getName(), "")));
            }
        }
    }

    private void choose(String path, Class<?> category, String meaning) throws IOException {
        String property = category == Source.class ? "format" : "kind";
        String names = Binding.CHOICES.names(category).stream()
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
        add(new Key(path + "." + property, "", names, meaning));
        for (Choice<?> choice : Binding.CHOICES.of(category)) {
            walk(path, "`" + choice.name() + "`", choice.type());
        }
    }

    private void add(Key key) {
        String section =
                key.name().contains(".") ? key.name().substring(0, key.name().indexOf('.')) : "The experiment";
        sections.computeIfAbsent(section, s -> new ArrayList<>()).add(key);
    }

    private static String type(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> "`" + KebabEnum.kebab((Enum<?>) constant) + "`")
                    .collect(Collectors.joining(", "));
        }
        if (type == int.class || type == long.class) {
            return "whole number";
        }
        if (type == double.class) {
            return "number";
        }
        if (type == HeadRate.class) {
            return "number, or `frozen`";
        }
        if (type == boolean.class) {
            return "`true` or `false`";
        }
        if (type == String.class) {
            return "text";
        }
        return type == Map.class ? "mapping" : "list of texts";
    }

    /** The {@code @param} lines of a record's javadoc, as plain text. */
    private static Map<String, String> meanings(Class<?> type) throws IOException {
        String source = source(type);
        int declared = source.indexOf("record " + type.getSimpleName() + "(");
        int from = source.lastIndexOf("/**", declared);
        String comment = source.substring(from, source.indexOf("*/", from))
                .replaceAll("\\s*\\n\\s*\\**\\s*", " ")
                .strip();
        Map<String, String> meanings = new LinkedHashMap<>();
        Matcher param = PARAM.matcher(comment);
        while (param.find()) {
            meanings.put(
                    param.group(1),
                    param.group(2)
                            .replaceAll("\\{@(?:code|link) #?([^}]*)}", "`$1`")
                            .strip());
        }
        return meanings;
    }

    private static String source(Class<?> type) throws IOException {
        Class<?> top = type.isMemberClass() ? type.getEnclosingClass() : type;
        try (Stream<Path> modules = Files.list(HOME)) {
            Path file = modules.map(module -> module.resolve("src/main/java")
                            .resolve(top.getName().replace('.', '/') + ".java"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file);
        }
    }
}
