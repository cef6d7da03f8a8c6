package federa.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    @Test
    void nothingIsLoadedFromElsewhere() {
        String page = HtmlReport.html(SampleReport.of(30, 100, 20));
        String markup = page.replaceAll("(?s)<script>.*?</script>", "<script></script>");

        assertThat(markup).doesNotContainIgnoringCase("http://", "https://", "src=", "@import", "url(");
        assertThat(markup).containsOnlyOnce("href=").contains("href=\"data:,\"");
        assertThat(page).doesNotContain("sourceMappingURL").contains("default-src 'none'");
        assertThat(page).contains("Chart.js v4").contains("Released under the MIT License");
    }

    @Test
    void everySlotOfThePageIsFilled() {
        assertThat(HtmlReport.html(HostileReport.empty()).replaceAll("(?s)<script>.*?</script>", ""))
                .doesNotContain("{{");
    }

    @Test
    void hostileTextStaysData() throws IOException {
        String page = HtmlReport.html(HostileReport.of());

        assertThat(page.split("(?i)</script", -1)).hasSize(4);
        assertThat(page).doesNotContain("<img");
        assertThat(page).contains("<title>&lt;/title&gt;&lt;/script&gt;");
        JsonNode data = data(page);
        assertThat(data.at("/title").asText()).isEqualTo(HostileReport.TEXT);
        assertThat(data.at("/runs/0/runId").asText()).isEqualTo(HostileReport.TEXT);
        assertThat(data.at("/partition/labels/0").asText()).isEqualTo(HostileReport.TEXT);
        assertThat(data.at("/runs/0/provenance/0/1").asText()).isEqualTo(HostileReport.TEXT);
    }

    @Test
    void anEmptyReportIsAPage() throws IOException {
        JsonNode data = data(HtmlReport.html(HostileReport.empty()));

        assertThat(data.at("/runs")).isEmpty();
        assertThat(data.at("/targets")).isEmpty();
        assertThat(data.at("/partition/clients")).isEmpty();
    }

    @Test
    void numbersOfThePageEqualTheInput() throws IOException {
        Report report = SampleReport.of(3, 5, 4);
        JsonNode data = data(HtmlReport.html(report));

        assertThat(data.at("/created").asText()).isEqualTo("2026-02-03T04:05:06Z");
        for (int i = 0; i < report.runs().size(); i++) {
            RunHistory run = report.runs().get(i);
            JsonNode shown = data.at("/runs/" + i);
            assertThat(shown.at("/trainableParameters").asLong()).isEqualTo(run.trainableParameters());
            assertThat(shown.at("/rounds")).hasSize(3);
            for (int j = 0; j < 3; j++) {
                Round round = run.rounds().get(j);
                JsonNode row = shown.at("/rounds/" + j);
                assertThat(row.at("/trainLoss").asDouble()).isEqualTo(round.trainLoss());
                assertThat(row.at("/bytesUp").asLong()).isEqualTo(round.bytesUp());
                assertThat(row.at("/seconds").asDouble()).isEqualTo(round.seconds());
                assertThat(row.at("/phaseSeconds/train").asDouble())
                        .isEqualTo(round.phaseSeconds().get("train"));
            }
            assertThat(shown.at("/evaluations/2/value").asDouble())
                    .isEqualTo(run.evaluations().get(2).value());
        }
        ClientStats client = report.partition().clients().get(3);
        JsonNode row = data.at("/partition/clients/3");
        assertThat(row.at("/jsDistance").asDouble()).isEqualTo(client.jsDistance());
        for (int label = 0; label < 4; label++) {
            assertThat(row.at("/counts/" + label).asLong())
                    .isEqualTo(client.histogram()
                            .getOrDefault(report.partition().labels().get(label), 0L));
        }
    }

    @Test
    void aNumberThatIsNotFiniteIsNull() throws IOException {
        JsonNode data = data(HtmlReport.html(HostileReport.of()));

        assertThat(data.at("/runs/0/rounds/0/trainLoss").isNull()).isTrue();
        assertThat(data.at("/runs/0/rounds/0/phaseSeconds/train").isNull()).isTrue();
        assertThat(data.at("/partition/clients/0/jsDistance").isNull()).isTrue();
    }

    @Test
    void roundsAreSortedAndManyFaultsAreCounted() throws IOException {
        Round later = new Round(2, 600, 600, 0, 1, 0, 0, 1, Map.of());
        Round sooner = new Round(1, 600, 0, 0, 1, 0, 0, 1, Map.of());
        List<ClientUpdate> updates = IntStream.range(0, 600)
                .mapToObj(client -> new ClientUpdate(2, client, "lost", 0, 1, 1, 1, null, null))
                .toList();
        RunHistory run = new RunHistory(
                "r",
                "LoRA",
                "m",
                "accuracy",
                1,
                2,
                List.of(later, sooner),
                List.of(),
                updates,
                ClientEvaluations.NONE,
                OptionalInt.empty(),
                Map.of());
        JsonNode data = data(HtmlReport.html(new Report("t", Instant.EPOCH, List.of(run), PartitionStats.NONE)));

        assertThat(data.at("/runs/0/rounds/0/round").asInt()).isEqualTo(1);
        assertThat(data.at("/runs/0/faults")).hasSize(Page.MAX_FAULTS);
        assertThat(data.at("/runs/0/faultsNotListed").asInt()).isEqualTo(100);
    }

    @Test
    void clientSecondsAreTheMedianAndTheSlowestOfThoseThatFinished() {
        List<ClientUpdate> updates = List.of(
                new ClientUpdate(1, 0, "ok", 1, 1, 1, 2, "", ""),
                new ClientUpdate(1, 1, "ok", 1, 1, 1, 4, "", ""),
                new ClientUpdate(1, 2, "failed", 1, 1, 1, 99, "", ""),
                new ClientUpdate(2, 1, "ok", 1, 1, 1, Double.NaN, "", ""));

        assertThat(Page.clientSeconds(updates)).containsExactly(new Page.ClientSeconds(1, 3, 4));
    }

    /** The quartiles are those of numpy's and SQL's percentile; the second round has one client, which holds all of them. */
    @Test
    void aBoxOfClientsHasTheirFiveNumbersAndTheMeanOfTheWorstTenth() {
        List<ClientEvaluations.Value> values = new ArrayList<>();
        double[] shuffled = {0.9, 0.1, 0.5, 0.3, 1.0, 0.2, 0.8, 0.4, 0.7, 0.6, 0.0, 0.95};
        for (int client = 0; client < shuffled.length; client++) {
            values.add(new ClientEvaluations.Value(3, client, shuffled[client]));
        }
        values.add(new ClientEvaluations.Value(3, 12, Double.NaN));
        values.add(new ClientEvaluations.Value(1, 4, 0.25));

        List<Page.ClientSpread> spreads = Page.clientSpreads(new ClientEvaluations(14, values));

        assertThat(spreads).extracting(Page.ClientSpread::round).containsExactly(1, 3);
        assertThat(spreads.get(0)).isEqualTo(new Page.ClientSpread(1, 1, 13, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25));
        Page.ClientSpread box = spreads.get(1);
        assertThat(box.clients()).isEqualTo(12);
        assertThat(box.leftOut()).isEqualTo(2);
        assertThat(box.least()).isEqualTo(0.0);
        assertThat(box.lowerQuartile()).isEqualTo(0.275, within(1e-12));
        assertThat(box.median()).isEqualTo(0.55, within(1e-12));
        assertThat(box.upperQuartile()).isEqualTo(0.825, within(1e-12));
        assertThat(box.most()).isEqualTo(1.0);
        assertThat(box.mean()).isEqualTo(6.45 / 12, within(1e-12));
        assertThat(box.worstDecile()).as("two of twelve").isEqualTo(0.05, within(1e-12));
    }

    @Test
    void fairnessIsTheWorstTenthOfTheClientsThatFinished() {
        List<ClientUpdate> updates = new ArrayList<>(IntStream.rangeClosed(1, 20)
                .mapToObj(client -> new ClientUpdate(1, client, "ok", 1, client, 0, 1, "", ""))
                .toList());
        updates.add(new ClientUpdate(1, 21, "failed", 1, 99, 99, 1, "", ""));
        updates.add(new ClientUpdate(2, 20, "ok", 1, 0.5, 0, 1, "", ""));

        assertThat(Page.clientLosses(updates))
                .containsExactly(new Page.ClientLoss(1, 10.5, 19.5), new Page.ClientLoss(2, 0.5, 0.5));
        assertThat(Page.arrivals(updates))
                .hasSize(20)
                .startsWith(new Page.Arrival(20, 2, 0.5))
                .endsWith(new Page.Arrival(19, 1, 19));
    }

    @Test
    void writingReplacesThePageAndLeavesNothingElse(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new").resolve("report.html");
        HtmlReport.write(HostileReport.empty(), file);
        HtmlReport.write(SampleReport.of(2, 3, 4), file);

        assertThat(Files.readString(file)).isEqualTo(HtmlReport.html(SampleReport.of(2, 3, 4)));
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    private static JsonNode data(String page) throws IOException {
        Matcher island = DATA.matcher(page);
        assertThat(island.find()).isTrue();
        assertThat(island.group(1)).doesNotContain("<");
        return new ObjectMapper().readTree(island.group(1));
    }
}
