package federa.store;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.checkpoint.Checkpoint;
import federa.checkpoint.ShardIndex;
import federa.encoder.BaseModel;
import federa.encoder.EncoderConfig;
import federa.encoder.ModelRef;
import federa.spi.InvalidInputException;
import federa.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;

/**
 * The base models of a warehouse: {@code models/NAME/} with the files as published, a manifest with their digests and a
 * model card. A model is there whole or not at all, and never changes.
 */
public final class ModelStore {

    private static final String MANIFEST = "federa-model.json";
    private static final String CARD = "MODEL_CARD.md";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** What belongs to a model; anything else in a directory, such as other frameworks' weights, stays behind. */
    private static final Pattern FILES = Pattern.compile(
            "config\\.json|model\\.safetensors|pytorch_model\\.bin|tokenizer.*\\.json|(README|NOTICE|LICENSE).*");

    private final Warehouse warehouse;
    private final Configuration hadoop;

    public ModelStore(Warehouse warehouse, Configuration hadoop) {
        this.warehouse = warehouse;
        this.hadoop = hadoop;
    }

    /** The model of this name, if the store has it. */
    public Optional<ModelRef> find(String name) {
        Path directory = directory(name);
        Path manifest = new Path(directory, MANIFEST);
        FileSystem fs = warehouse.fileSystem();
        try {
            if (!fs.exists(manifest)) {
                return Optional.empty();
            }
            try (InputStream in = fs.open(manifest)) {
                JsonObject json = JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .getAsJsonObject();
                return Optional.of(new ModelRef(
                        name, directory.toString(), json.get("sha256").getAsString()));
            }
        } catch (IOException | RuntimeException e) {
            throw new StoreException(
                    "cannot read the model %s from %s: %s; import it again under another name"
                            .formatted(name, manifest, e.getMessage()),
                    e);
        }
    }

    /**
     * Copies a Hugging Face model directory into the store, after checking that it can be read. Importing the same
     * files again changes nothing.
     *
     * @param source the directory, on any file system that Hadoop reaches
     * @throws InvalidInputException if the directory is not a model that this version reads, or the name is taken by
     *     other files
     */
    public ModelRef importModel(String name, String source) {
        FileSystem fs = warehouse.fileSystem();
        java.nio.file.Path local = null;
        Path staged = new Path(warehouse.models(), ".importing-" + UUID.randomUUID());
        try {
            local = java.nio.file.Files.createTempDirectory("federa-import-");
            fetch(source, local);
            EncoderConfig config = check(local);
            Map<String, String> digests = digests(local);
            ModelRef imported = new ModelRef(name, directory(name).toString(), combined(digests));
            Optional<ModelRef> present = find(name);
            if (present.isPresent()) {
                return requireSame(present.get(), imported, source);
            }
            fs.mkdirs(staged);
            for (String file : digests.keySet()) {
                fs.copyFromLocalFile(new Path(local.resolve(file).toUri()), new Path(staged, file));
            }
            write(fs, new Path(staged, CARD), card(name, source, config, digests, imported.sha256()));
            write(fs, new Path(staged, MANIFEST), manifest(name, source, config, digests, imported.sha256()));
            return publish(fs, staged, imported, source);
        } catch (IOException e) {
            throw new StoreException("cannot import %s: %s".formatted(source, e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            // The user knows the source, not the copy that was read.
            throw new InvalidInputException(e.getMessage().replace(String.valueOf(local), source), e);
        } finally {
            discard(fs, staged);
            if (local != null) {
                FileUtil.fullyDelete(local.toFile());
            }
        }
    }

    /** Gives the model its place, unless another import has taken the name since it was looked up. */
    private ModelRef publish(FileSystem fs, Path staged, ModelRef imported, String source) throws IOException {
        try {
            Locations.publish(fs, staged, directory(imported.name()));
            return imported;
        } catch (FileAlreadyExistsException e) {
            ModelRef first = find(imported.name())
                    .orElseThrow(() -> new InvalidInputException(
                            "%s is there already and is no model of the store; remove it, or import %s under another name"
                                    .formatted(imported.uri(), source),
                            e));
            return requireSame(first, imported, source);
        }
    }

    private static ModelRef requireSame(ModelRef present, ModelRef imported, String source) {
        if (present.sha256().equals(imported.sha256())) {
            return present;
        }
        throw new InvalidInputException(
                "the model store already has another model named %s (%s); import %s under another name"
                        .formatted(present.name(), present.uri(), source));
    }

    private Path directory(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException(
                    "model.name must be 1 to 100 letters, digits, dots, dashes or underscores, got '%s'"
                            .formatted(name));
        }
        return new Path(warehouse.models(), name);
    }

    private void fetch(String source, java.nio.file.Path local) throws IOException {
        Path from = Locations.path("model.source", source);
        FileSystem fs = Locations.fileSystem("model.source", from, hadoop);
        if (!fs.exists(from) || !fs.getFileStatus(from).isDirectory()) {
            throw new InvalidInputException(
                    ("model.source %s is not a directory; give a Hugging Face model directory (config.json, weights, and"
                                    + " tokenizer.json, vocab.json with merges.txt, spm.model or vocab.txt)")
                            .formatted(source));
        }
        for (FileStatus file : fs.listStatus(from)) {
            String name = file.getPath().getName();
            if (file.isFile() && (FILES.matcher(name).matches() || Tokenizer.FILES.contains(name))) {
                copy(fs, file.getPath(), local);
            }
        }
        for (String weights : Checkpoint.WEIGHTS) {
            if (fs.exists(new Path(from, weights))) {
                if (weights.endsWith(ShardIndex.SUFFIX)) {
                    fetchShards(fs, from, weights, local);
                }
                return;
            }
        }
    }

    /** Copies an index and the files that it names; one that is missing is noticed when they are opened. */
    private static void fetchShards(FileSystem fs, Path from, String index, java.nio.file.Path local)
            throws IOException {
        copy(fs, new Path(from, index), local);
        for (String shard : ShardIndex.read(local.resolve(index)).shards()) {
            Path file = new Path(from, shard);
            if (fs.exists(file)
                    && fs.getFileStatus(file).isFile()
                    && !java.nio.file.Files.exists(local.resolve(shard))) {
                copy(fs, file, local);
            }
        }
    }

    private static void copy(FileSystem fs, Path file, java.nio.file.Path local) throws IOException {
        try (InputStream in = fs.open(file)) {
            java.nio.file.Files.copy(in, local.resolve(file.getName()));
        }
    }

    /** Reads everything once, so that a broken model is refused here and not in a task. */
    private static EncoderConfig check(java.nio.file.Path local) {
        EncoderConfig config = EncoderConfig.read(local);
        try (Checkpoint checkpoint = Checkpoint.open(local)) {
            BaseModel.requireComplete(checkpoint, config);
            BaseModel.requireFinite(checkpoint, config);
        }
        try (Tokenizer tokenizer = Tokenizer.load(local)) {
            tokenizer.requireFits(config.vocabulary());
        }
        return config;
    }

    private static Map<String, String> digests(java.nio.file.Path local) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (var files = java.nio.file.Files.list(local)) {
            for (java.nio.file.Path file : files.toList()) {
                MessageDigest digest = sha256();
                try (InputStream in = new DigestInputStream(java.nio.file.Files.newInputStream(file), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                digests.put(file.getFileName().toString(), HexFormat.of().formatHex(digest.digest()));
            }
        }
        return digests;
    }

    /** One digest for the model: over its files' names and digests, in name order. */
    private static String combined(Map<String, String> digests) {
        MessageDigest digest = sha256();
        digests.forEach((file, sha) -> digest.update((file + " " + sha + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String manifest(
            String name, String source, EncoderConfig config, Map<String, String> digests, String sha256) {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("source", source);
        json.addProperty(
                "imported_at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        json.addProperty("model_type", config.modelType());
        json.addProperty("sha256", sha256);
        JsonObject files = new JsonObject();
        digests.forEach(files::addProperty);
        json.add("files", files);
        return new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
    }

    private static String card(
            String name, String source, EncoderConfig config, Map<String, String> digests, String sha256) {
        StringBuilder card = new StringBuilder();
        card.append("# ").append(name).append("\n\n");
        card.append("Imported from `")
                .append(source)
                .append("`. Its licence is that of the source; see the files here.\n\n");
        card.append("| | |\n|---|---|\n");
        card.append("| architecture | ").append(config.modelType()).append(" |\n");
        card.append(String.format(
                Locale.ROOT,
                "| layers x hidden x heads | %d x %d x %d |\n",
                config.layers(),
                config.hidden(),
                config.heads()));
        card.append("| vocabulary | ").append(config.vocabulary()).append(" |\n");
        card.append("| longest text | ").append(config.maxTokens()).append(" tokens |\n");
        card.append("| SHA-256 | ").append(sha256).append(" |\n\n");
        digests.forEach((file, sha) ->
                card.append("- `").append(file).append("` ").append(sha).append('\n'));
        return card.toString();
    }

    private static void write(FileSystem fs, Path file, String text) throws IOException {
        try (OutputStream out = fs.create(file, true)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void discard(FileSystem fs, Path staged) {
        try {
            fs.delete(staged, true);
        } catch (IOException e) {
            // A left-over directory with a dot name is ignored by everyone; the first error matters more.
        }
    }
}
