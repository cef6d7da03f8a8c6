package federa.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens pages in a browser that has no network; skipped where the PATH has no Chromium. */
class ChromiumTest {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Optional<Path> CHROMIUM = Stream.of(
                    System.getenv("PATH").split(File.pathSeparator))
            .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
            .filter(Files::isExecutable)
            .findFirst();
    private static final Pattern POLICY = Pattern.compile("<meta http-equiv=\"Content-Security-Policy\"[^>]*>");

    /** Opens every block, takes every choice, hides and shows a run, prints; then counts the canvases with more than one colour, and writes that where the DOM dump shows it. */
    private static final String PROBE =
            """
            <script>
            document.querySelectorAll('details').forEach((d) => { d.open = true; d.dispatchEvent(new Event('toggle')); });
            document.querySelectorAll('select').forEach((select) => [...select.options].reverse().forEach((option) => {
              select.value = option.value;
              select.dispatchEvent(new Event('change'));
            }));
            drawn.forEach(({ chart }) => chart.legend.legendItems.slice(0, 1).forEach(
              (item) => [1, 2].forEach(() => chart.options.plugins.legend.onClick.call(chart.legend, {}, item, chart.legend))));
            dispatchEvent(new Event('beforeprint'));
            dispatchEvent(new Event('afterprint'));
            const canvases = [...document.querySelectorAll('canvas')];
            const inked = canvases.filter((canvas) => {
              const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
              return pixels.some((pixel) => pixel !== pixels[0]);
            });
            const overflow = document.documentElement.scrollWidth - innerWidth;
            Object.assign(document.documentElement.dataset, {
              canvases: canvases.length, inked: inked.length, owned: String(window.owned), overflow: Math.max(0, overflow),
              problems: problems.length, rows: document.querySelectorAll('tbody tr').length,
            });
            </script>
            """;

    @TempDir
    Path directory;

    @BeforeAll
    static void chromiumIsThere() {
        assumeTrue(CHROMIUM.isPresent(), () -> "none of " + NAMES + " is on the PATH; install one to open the pages");
    }

    @Test
    void theWholePageWorksUnderItsOwnPolicy() throws Exception {
        Path page = Path.of("target", "sample-report.html");
        HtmlReport.write(SampleReport.of(30, 100, 20), page);

        Opened opened = open(page);
        assertThat(opened.dom()).contains("data-state=\"ready\"", "data-problems=\"0\"", "data-charts=\"13\"");
        assertThat(opened.console()).isEmpty();
        assertThat(opened.dom())
                .contains("LoRA", "What a target costs", "Labels on the clients", "talk.politics.mideast");
    }

    @Test
    void everyCanvasIsDrawnAndEveryTableOpens() throws Exception {
        Opened opened = open(probed(SampleReport.of(300, 100, 20)));

        assertThat(opened.console()).isEmpty();
        assertThat(opened.dom()).contains("data-canvases=\"13\"", "data-inked=\"13\"", "data-problems=\"0\"");
        assertThat(opened.dom()).contains("data-overflow=\"0\"");
    }

    @Test
    void hostileTextIsShownAndDoesNothing() throws Exception {
        Opened opened = open(probed(HostileReport.of()));

        assertThat(opened.console()).isEmpty();
        assertThat(opened.dom()).contains("data-state=\"ready\"", "data-problems=\"0\"", "data-owned=\"undefined\"");
        assertThat(opened.dom()).doesNotContain("<img");
        assertThat(opened.dom()).contains("<h1>&lt;/title&gt;&lt;/script&gt;", "Clusters on the clients");
    }

    @Test
    void anEmptyReportSaysSo() throws Exception {
        Opened opened = open(probed(HostileReport.empty()));

        assertThat(opened.console()).isEmpty();
        assertThat(opened.dom())
                .contains("There is no run in this report.", "data-problems=\"0\"", "data-canvases=\"0\"");
    }

    /** The page with a probe, which its policy would not let run; half a surrogate pair would leave the DOM dump empty. */
    private Path probed(Report report) throws IOException {
        String page = HtmlReport.html(report);
        int end = page.lastIndexOf("</body>");
        String probed = POLICY.matcher(page.substring(0, end)).replaceFirst("") + PROBE + page.substring(end);
        return Files.writeString(directory.resolve("probed.html"), probed.replace("\\uD800", "?"));
    }

    private record Opened(String dom, List<String> console) {}

    private Opened open(Path page) throws IOException, InterruptedException {
        Path dom = directory.resolve("dom.html");
        Path log = directory.resolve("chromium.log");
        List<String> command = new ArrayList<>(
                List.of(CHROMIUM.orElseThrow().toString(), "--headless", "--no-sandbox", "--disable-gpu"));
        command.addAll(List.of("--disable-quic", "--no-first-run", "--disable-background-networking"));
        command.addAll(List.of("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"));
        command.addAll(List.of("--enable-logging=stderr", "--window-size=1280,900", "--virtual-time-budget=5000"));
        command.add("--user-data-dir=" + directory.resolve("profile"));
        command.addAll(List.of("--dump-dom", page.toUri().toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS))
                    .as("Chromium ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> console = Pattern.compile("^.*CONSOLE.*$", Pattern.MULTILINE)
                .matcher(Files.readString(log))
                .results()
                .map(MatchResult::group)
                .toList();
        return new Opened(Files.readString(dom), console);
    }
}
