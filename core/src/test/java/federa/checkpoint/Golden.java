package federa.checkpoint;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The reference model directories; see golden/README.md of the shared folder. */
final class Golden {
    static final Path SAFETENSORS = weights("roberta-seqcls/model.safetensors");
    static final Path QA = weights("roberta-qa/model.safetensors");
    static final Path ZIP = weights("roberta-tokcls/pytorch_model.bin");
    static final Path LEGACY = weights("roberta-pretrained/pytorch_model.bin");

    private Golden() {}

    private static Path weights(String name) {
        try {
            return Path.of(Golden.class.getResource("/golden/hf/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads every element of every tensor; returns how many there are. */
    static long readAll(Checkpoint checkpoint) {
        long elements = 0;
        for (String name : checkpoint.names()) {
            Tensor tensor = checkpoint.tensor(name);
            elements += tensor.type().isFloating() ? tensor.toFloats().length : tensor.toLongs().length;
        }
        return elements;
    }
}
