package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.SharedSpark;
import federa.random.HeldOut;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnRolesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "csv | id,body,kind,hospital | body | kind | hospital",
                "tsv | id\twords of all\tclass, final\tuserId | words of all | class, final | userId",
                "csv | nr,\"What they \"\"said\"\"\",outcome,weight | What they \"said\" | outcome | -",
                "csv | a,b,c,d | b | c | -"
            })
    void proposesTheColumnsThatAPersonWouldName(String type, String header, String text, String label, String client) {
        ColumnRoles roles = roles("x." + type, table(header, type.equals("csv") ? "," : "\t"));

        assertThat(roles.text()).isEqualTo(text);
        assertThat(roles.label()).isEqualTo(label);
        assertThat(roles.client()).isEqualTo(client.equals("-") ? Optional.empty() : Optional.of(client));
        assertThat(roles.reasons()).hasSize(client.equals("-") ? 2 : 3);
    }

    @Test
    void readsJsonLinesWithKeysThatAreNotEverywhere() {
        String lines = IntStream.range(0, 40)
                .mapToObj(i -> "{\"n\": %d, \"stars\": %d, %s \"text\": \"a text of %d words\"}"
                        .formatted(i, i % 3, i % 2 == 0 ? "\"meta\": {\"a\": 1}," : "", i))
                .collect(Collectors.joining("\n"));

        assertThat(roles("x.jsonl", lines)).satisfies(roles -> {
            assertThat(roles.text()).isEqualTo("text");
            assertThat(roles.label()).isEqualTo("stars");
        });
    }

    @Test
    void whatIsNamedIsTakenAndWhatIsNotThereIsRefused() {
        String path = Fixture.write(folder.resolve("x.csv"), table("id,body,kind,hospital", ","));

        assertThat(of(path, "hospital").label()).isEqualTo("hospital");
        assertThat(of(path, "hospital").client()).isEmpty();
        assertThatThrownBy(() -> of(path, "sort"))
                .hasMessage("%s has no column 'sort'; its columns are [id, body, kind, hospital]", path);
        String numbers = Fixture.write(folder.resolve("n.csv"), "a,b\n1,2\n3,4\n");
        assertThatThrownBy(() -> of(numbers, "a"))
                .hasMessageContaining("no column looks like the text")
                .hasMessageContaining("name one with --text");
    }

    /** Of data without a test split a share becomes one, whatever the order of its rows. */
    @Test
    void trainRowsBecomeTheTestSplitByTheirTexts() {
        String table = table("id,body,kind,hospital", ",");
        List<String> lines = table.lines().toList();
        String again = lines.get(0) + "\n"
                + lines.stream().skip(1).sorted().collect(Collectors.joining("\n"))
                + "\n" + lines.get(5) + "\n";
        HeldOut fifth = new HeldOut(0.2, 17);

        List<String> split = split(Fixture.write(folder.resolve("x.csv"), table), fifth);
        List<String> other = split(Fixture.write(folder.resolve("y.csv"), again), fifth);

        assertThat(split)
                .hasSizeBetween(10, 40)
                .containsExactlyElementsOf(other.stream().distinct().toList());
        assertThat(split).isNotEqualTo(split(folder.resolve("x.csv").toString(), new HeldOut(0.2, 18)));
        assertThatThrownBy(() -> split(Fixture.write(folder.resolve("one.csv"), "body,kind\none text,a\n"), fifth))
                .hasMessageContaining("data.test-share 0.2 of 1 train rows makes no test row");
        assertThatThrownBy(() -> split(
                        Fixture.write(folder.resolve("one.csv"), "body,kind\none text,a\n"), new HeldOut(0.99, 17)))
                .hasMessageContaining("data.test-share makes all of the 1 usable rows test rows");
    }

    private static List<String> split(String path, HeldOut heldOut) {
        Columns source = new Columns(path, "none", "body", "kind", "none", "none");
        try (Prepared prepared = new Preparation(SharedSpark.session(), 0).run(source, heldOut)) {
            return prepared.rows().where("split = 'test'").sort("text").collectAsList().stream()
                    .map(row -> row.getString(2))
                    .toList();
        }
    }

    private ColumnRoles roles(String name, String text) {
        return ColumnRoles.of(
                SharedSpark.session(),
                Fixture.write(folder.resolve(name), text),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true);
    }

    private static ColumnRoles of(String path, String label) {
        return ColumnRoles.of(
                SharedSpark.session(), path, Optional.empty(), Optional.of(label), Optional.empty(), true);
    }

    /** A hundred rows: a number, a text, one of three classes, one of five places. */
    private static String table(String header, String separator) {
        return header + "\n"
                + IntStream.range(0, 100)
                        .mapToObj(i ->
                                String.join(separator, "" + i, "the words of text " + i, "kind " + i % 3, i % 5 + ".5"))
                        .collect(Collectors.joining("\n"))
                + "\n";
    }
}
