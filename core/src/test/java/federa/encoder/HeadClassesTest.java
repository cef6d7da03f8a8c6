package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadClassesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "good bad | bad good | 1 0", // names
                "GOOD Bad | bad good | 1 0", // case apart
                "good Good bad | Good bad good | 1 2 0", // unless case tells them apart
                "O B-PER I-PER | O B-PER I-PER | 0 1 2",
                "LABEL_0 LABEL_1 LABEL_2 | 0 1 2 | 0 1 2", // numbers
                "LABEL_0 LABEL_1 | 0.0 1.0 | 0 1",
                "World Sports | 0 1 | 0 1",
                "1 0 | 0 1 | 1 0", // a name that is a number is a name first
                "1 2 10 | 1.0 2.0 10.0 | 0 1 2",
                "LABEL_1 LABEL_0 | LABEL_0 LABEL_1 | 1 0",
                "LABEL_0 LABEL_1 | bad good | none", // what has no name is not guessed
                "LABEL_0 LABEL_1 | 1 2 | none",
                "negative positive | bad good | none",
                "bad good | bad good ugly | none",
                "bad BAD | bad Bad | none",
            })
    void rowsAreFoundByNamesOrNumbers(String names, String labels, String rows) {
        List<String> of = List.of(labels.split(" "));
        HeadClasses classes = new HeadClasses(List.of(names.split(" ")));
        assertThat(text(classes.rows(of, HeadLabels.BY_NAME).orElse(null))).isEqualTo(rows);
        assertThat(text(classes.rows(of, HeadLabels.BY_POSITION).orElse(null)))
                .isEqualTo(
                        rows.equals("none") ? text(IntStream.range(0, of.size()).toArray()) : rows);
    }

    private static String text(int[] rows) {
        return rows == null ? "none" : Arrays.toString(rows).replaceAll("[\\[\\],]", "");
    }

    @Test
    void classesWithoutNamesAreNumbered() {
        assertThat(HeadClasses.unnamed().rows(List.of("0", "1", "2"), HeadLabels.BY_NAME))
                .contains(new int[] {0, 1, 2});
        assertThat(HeadClasses.unnamed().rows(List.of("a", "b"), HeadLabels.BY_NAME))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'id2label': {'0': 'good', '1': 'bad'}, 'label2id': {'x': 0}} | good bad",
                "{'id2label': {'1': 'bad', '0': 'good'}} | good bad",
                "{'label2id': {'bad': 1, 'good': 0}} | good bad",
                "{'id2label': {'0': 3, '1': null}} | 3 null",
                "{'id2label': {'1': 'good', '2': 'bad'}} | ``",
                "{'id2label': ['good', 'bad']} | ``",
                "{'id2label': null} | ``",
                "{} | ``",
            })
    void namesAreReadFromAConfiguration(String config, String names) {
        assertThat(String.join(
                        " ",
                        HeadClasses.of(JsonParser.parseString(config.replace('\'', '"'))
                                        .getAsJsonObject())
                                .names()))
                .isEqualTo(names);
    }
}
