package federa.checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Python names that a table of tensors is made of, and what stands for them here. All others are refused. */
final class TorchGlobals {
    /** What a pickle may call; it builds a value from values and does nothing else. */
    interface Function {
        Object apply(List<Object> arguments);
    }

    /** A storage class such as {@code torch.FloatStorage}. */
    record StorageClass(ElementType type) {}

    /** Arguments that the named function does not take; the unpickler adds the file. */
    static final class WrongArguments extends RuntimeException {
        WrongArguments(String message) {
            super(message, null, false, false);
        }
    }

    private static final Map<String, Function> FUNCTIONS = Map.of(
            "collections.OrderedDict", TorchGlobals::orderedDict,
            "torch._utils._rebuild_tensor", TorchTensor::rebuild,
            "torch._utils._rebuild_tensor_v2", TorchTensor::rebuild,
            "torch._utils._rebuild_parameter", TorchGlobals::parameter,
            "torch.Size", TorchGlobals::size);

    private TorchGlobals() {}

    /** A {@link Function} or a {@link StorageClass}. */
    static Object find(Path file, String module, String name) {
        Function function = FUNCTIONS.get(module + "." + name);
        if (function != null) {
            return function;
        }
        if (module.equals("torch") || module.equals("torch.cuda")) {
            Optional<ElementType> type = ElementType.ofTorchStorage(name);
            if (type.isPresent()) {
                return new StorageClass(type.get());
            }
        }
        throw refused(file, module, name);
    }

    static CheckpointException refused(Path file, String module, String name) {
        return new CheckpointException(
                file,
                String.format(
                        "refused: its pickle asks for %s, which is no part of a table of tensors and could run code;"
                                + " use a file you trust, best a model.safetensors",
                        CheckpointException.quote(module + "." + name)));
    }

    private static Object orderedDict(List<Object> arguments) {
        if (!arguments.isEmpty()) {
            throw new WrongArguments("an OrderedDict that is not built entry by entry");
        }
        return new LinkedHashMap<Object, Object>();
    }

    private static Object parameter(List<Object> arguments) {
        if (arguments.isEmpty() || !(arguments.get(0) instanceof TorchTensor)) {
            throw new WrongArguments("a parameter without a tensor");
        }
        return arguments.get(0);
    }

    private static Object size(List<Object> arguments) {
        if (arguments.size() != 1 || !(arguments.get(0) instanceof Unpickler.Tuple)) {
            throw new WrongArguments("a torch.Size of no tuple");
        }
        return arguments.get(0);
    }
}
