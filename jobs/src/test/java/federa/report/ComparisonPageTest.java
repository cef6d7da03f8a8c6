package federa.report;

import static org.assertj.core.api.Assertions.assertThat;

import federa.compare.Comparison;
import federa.compare.Scenario;
import federa.compare.Trained;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonPageTest {

    private static Comparison comparison() {
        return Comparison.of(
                "c",
                List.of(
                        new Trained(
                                Map.of("method", "lora"),
                                1,
                                false,
                                "accuracy",
                                new TreeMap<>(Map.of(0, 0.5)),
                                List.of()),
                        new Trained(
                                Map.of("method", "full"),
                                1,
                                true,
                                "accuracy",
                                new TreeMap<>(Map.of(0, 0.25)),
                                List.of())),
                List.of("method"),
                null,
                List.of(new Scenario("board", "line", 2, 1e6, 0)));
    }

    @Test
    void aPageNeedsNothingElseAndTextStaysData() {
        String hostile = "</script><img src=x>";
        String page = new ComparisonPage(
                        comparison(),
                        Instant.EPOCH,
                        List.of(new ComparisonPage.Failure("c-lora-s2", hostile)),
                        List.of(new ComparisonPage.Tuning(Map.of(), Map.of("a", hostile), Double.NaN, false)))
                .html();

        assertThat(page.replaceAll("(?s)<script>.*?</script>", "")).doesNotContain("{{", "http://", "https://");
        assertThat(page.split("(?i)</script", -1)).hasSize(4);
        assertThat(page).doesNotContain("<img");
        assertThat(page).contains("\"scenarios\":[\"board, line\"]", "\"mean\":0.25", "\"validation\":null");
    }
}
