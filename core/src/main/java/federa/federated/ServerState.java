package federa.federated;

import federa.tensor.TensorMap;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Everything that the server carries from one round to the next. A round is a function of it and of the round's number, so
 * a run that goes on from a stored state ends with the same bits as one that was never stopped.
 *
 * @param trainable the tensors that clients train
 * @param baseDelta what training has added to frozen tensors since round 0, by their names in the base model; mostly
 *     empty. Dense, so that it does not grow with the rounds
 * @param memory what the algorithm remembers, such as the moments of FedAdam, by names of its own; mostly empty
 */
public record ServerState(TensorMap trainable, TensorMap baseDelta, TensorMap memory) implements Serializable {

    /** What a tensor of the state is; the tables keep it beside the tensor. */
    public enum Role {
        /** Trained by clients. */
        TRAINABLE,
        /** Added to a frozen tensor of the base model. */
        BASE_DELTA,
        /** Remembered by the algorithm. */
        MEMORY
    }

    /** A state of trained tensors alone. */
    public static ServerState of(TensorMap trainable) {
        return new ServerState(trainable, TensorMap.empty(), TensorMap.empty());
    }

    /** The state of these parts; a role that is missing is empty. */
    public static ServerState of(Map<Role, TensorMap> parts) {
        return new ServerState(
                parts.getOrDefault(Role.TRAINABLE, TensorMap.empty()),
                parts.getOrDefault(Role.BASE_DELTA, TensorMap.empty()),
                parts.getOrDefault(Role.MEMORY, TensorMap.empty()));
    }

    /** The parts by role. */
    public Map<Role, TensorMap> parts() {
        Map<Role, TensorMap> parts = new EnumMap<>(Role.class);
        parts.put(Role.TRAINABLE, trainable);
        parts.put(Role.BASE_DELTA, baseDelta);
        parts.put(Role.MEMORY, memory);
        return parts;
    }

    /** SHA-256, in hexadecimal, over roles, names, shapes and bytes. */
    public String sha256() {
        MessageDigest digest = TensorMap.newDigest();
        parts().forEach((role, tensors) -> {
            digest.update((role + "\n").getBytes(StandardCharsets.UTF_8));
            tensors.identify(digest);
        });
        return HexFormat.of().formatHex(digest.digest());
    }
}
