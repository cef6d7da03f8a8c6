package federa.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A {@link Report}, or another page of the same make, as one HTML page that needs nothing else: style, scripts, Chart.js and data are inside it.
 *
 * <p>The page's own policy lets only these scripts run, by their hashes, and lets nothing be loaded; text of the report is data, never
 * markup.
 */
public final class HtmlReport {
    private static final String CHART_JS = "/META-INF/resources/webjars/chart.js/4.4.4/dist/chart.umd.js";
    private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)}}");

    private HtmlReport() {}

    /** The whole page, to be written as UTF-8, for a caller that puts it on HDFS or S3. */
    public static String html(Report report) {
        return html(
                report.title(), List.of("dom.js", "charts.js", "heat.js", "sections.js", "report.js"), Page.of(report));
    }

    /**
     * A page.
     *
     * @param scripts resources, in the order in which they run
     * @param data for them, to be written as JSON
     */
    static String html(String title, List<String> scripts, Object data) {
        String style = resource("report.css");
        String library = resource(CHART_JS).replaceAll("\n//# sourceMappingURL=\\S+\\s*$", "\n");
        String script = scripts.stream().map(HtmlReport::resource).collect(Collectors.joining());
        Map<String, String> slots = Map.of(
                "title", escaped(title),
                "styleHash", sha256(style),
                "libraryHash", sha256(library),
                "scriptHash", sha256(script),
                "style", style,
                "library", library,
                "script", script,
                "data", PageJson.of(data));
        // One pass: what a slot brings in is not searched for slots again.
        return SLOT.matcher(resource("page.html"))
                .replaceAll(slot -> Matcher.quoteReplacement(slots.get(slot.group(1))));
    }

    /** Writes the page to {@code file}, replacing it; a reader sees the old page or the new one, never a part. */
    public static void write(Report report, Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path directory = Files.createDirectories(target.getParent());
        Path partial = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            byte[] page = html(report).getBytes(StandardCharsets.UTF_8);
            Files.write(partial, page, StandardOpenOption.CREATE_NEW);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Hashes are of the text as the browser sees it, which has no carriage returns. */
    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        name + " is not on the class path; build the jobs jar with ./mvnw package");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + " from the class path", e);
        }
    }

    /** Text of an element; half a surrogate pair, which no encoding can write, becomes a question mark. */
    private static String escaped(String text) {
        String encodable = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return encodable.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
