package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelOrderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10 2 1 0 11 | 0 1 2 10 11",
                "-1 1 -10 0 | -10 -1 0 1",
                "10.0 9.5 1.0 | 1.0 9.5 10.0",
                "1 01 2 | 01 1 2",
                "10 2 b 1 | 1 10 2 b", // one that is no number makes texts of all
                "1e2 3 20 | 1e2 20 3",
                "99999999999999999999 100000000000000000000 1 | 1 99999999999999999999 100000000000000000000",
                "b a B | B a b",
            })
    void numbersComeInTheOrderOfNumbersAndTextsInThatOfTexts(String labels, String order) {
        assertThat(LabelOrder.of(List.of(labels.split(" ")))).containsExactly(order.split(" "));
    }
}
