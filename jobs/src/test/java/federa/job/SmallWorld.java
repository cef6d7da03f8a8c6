package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.checkpoint.Safetensors;
import federa.checkpoint.Tensor;
import federa.encoder.EncoderConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A directory with a model of 2 layers x 16, an experiment on a few texts, and an empty warehouse. */
record SmallWorld(Path root) {

    private static final Path MINI = Path.of("../model-store/models/roberta-mini");
    private static final int VOCABULARY = 8192;
    static final int HIDDEN = 16;
    static final int MAX_TOKENS = 64;

    private static final String EXPERIMENT =
            """
            name: small
            seed: 7
            model:
              name: tiny
              source: %s
            task: {kind: classification}
            data:
              name: topics
              source: {format: topics, train: 40, test: 20, seed: 17}
              max-bad-share: 0.0
              max-tokens: 16
            partition: {kind: label-dirichlet, clients: 4, alpha: 1.0, convention: hsu}
            method: {kind: federa, rank: 2, alpha: 2, scaling: standard, targets: [query, value]}
            head: {start: fresh}
            training:
              epochs: 1
              batch-size: 8
              learning-rate: 0.01
              warm-up: 0.0
              clip-norm: 1.0
              gradient-checkpointing: false
              optimizer: {kind: adamw, beta1: 0.9, beta2: 0.999, eps: 1.0e-8, weight-decay: 0.0}
            federation: {rounds: 1, clients-per-round: 2, min-clients: 1, attempts: 2, deadline: 600, strategy: published}
            evaluation: {every: 1, batch-size: 16}
            compute: {device: auto, threads: 1, precision: fp32}
            baselines: {}
            """;

    static SmallWorld in(Path root) {
        SmallWorld world = new SmallWorld(root);
        world.writeModel("tiny");
        world.write("experiment.yaml", EXPERIMENT.formatted(world.file("tiny")));
        return world;
    }

    Path file(String name) {
        return root.resolve(name);
    }

    Path warehouse() {
        return file("warehouse");
    }

    Path conf() {
        return file("experiment.yaml");
    }

    Path write(String name, String text) {
        return write(name, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    Path write(String name, byte[] bytes) {
        try {
            Files.createDirectories(file(name).getParent());
            return Files.write(file(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a whole model directory with random weights. */
    Path writeModel(String name) {
        write(name + "/config.json", CONFIG);
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            try {
                write(name + "/" + file, Files.readAllBytes(MINI.resolve(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        writeWeights(name, weights(new TreeMap<>()));
        return file(name);
    }

    void writeWeights(String model, List<Tensor> tensors) {
        Safetensors.write(file(model).resolve("model.safetensors"), tensors);
    }

    /** Random weights in the model's shapes, some replaced; null leaves a tensor out. */
    List<Tensor> weights(Map<String, long[]> replaced) {
        List<Tensor> tensors = new ArrayList<>();
        Random random = new Random(3);
        EncoderConfig config = EncoderConfig.read(file("tiny"));
        config.family().encoderShapes(config).forEach((name, expected) -> {
            long[] shape = replaced.getOrDefault(name, expected);
            if (shape != null) {
                float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = name.contains("LayerNorm.weight") ? 1 : 0.05f * (float) random.nextGaussian();
                }
                tensors.add(Tensor.ofFloats(name, values, shape));
            }
        });
        return tensors;
    }

    /** A small world whose warehouse holds the experiment's run. */
    static SmallWorld trainedIn(Path root) {
        SmallWorld world = in(root);
        world.experiment("run").done();
        return world;
    }

    /** Runs a job on the warehouse. */
    Outcome job(String job, String... options) {
        List<String> args = new ArrayList<>(List.of(job));
        args.addAll(List.of(options));
        args.addAll(List.of("--warehouse", warehouse().toString()));
        return Outcome.of(args.toArray(String[]::new));
    }

    /** Runs a job on the experiment and the warehouse. */
    Outcome experiment(String job, String... options) {
        List<String> args = new ArrayList<>(List.of("--conf", conf().toString()));
        args.addAll(List.of(options));
        return job(job, args.toArray(String[]::new));
    }

    /** As {@link #job}, and checks that it changed nothing anywhere in this world; a new warehouse may be left empty. */
    Outcome refused(String job, String... options) {
        Map<String, Long> before = files();
        Outcome outcome = job(job, options);
        Map<String, Long> changed = new TreeMap<>(files());
        changed.entrySet().removeAll(before.entrySet());
        assertThat(changed).as("files written before: " + outcome.err()).isEmpty();
        assertThat(files().keySet()).containsAll(before.keySet());
        return outcome;
    }

    /** As {@link #experiment}, and checks that it changed nothing anywhere in this world. */
    Outcome refusedExperiment(String job, String... options) {
        List<String> args = new ArrayList<>(List.of("--conf", conf().toString()));
        args.addAll(List.of(options));
        return refused(job, args.toArray(String[]::new));
    }

    /** All files and directories with their times of change; the warehouse's own and its mark do not count. */
    private Map<String, Long> files() {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                boolean mark = path.getFileName().toString().contains("federa-warehouse.json");
                if (!path.equals(warehouse()) && !mark) {
                    boolean directory = Files.isDirectory(path);
                    long time = directory ? 0 : Files.getLastModifiedTime(path).toMillis();
                    files.put(root.relativize(path).toString(), time);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static final String CONFIG =
            """
            {"model_type": "roberta", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": 2,
             "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": %d, "pad_token_id": 1,
             "type_vocab_size": 1, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
            """
                    .formatted(VOCABULARY, HIDDEN, MAX_TOKENS + 2);
}
