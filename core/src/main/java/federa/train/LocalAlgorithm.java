package federa.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.tensor.TensorMap;
import java.io.Serializable;
import java.util.SortedMap;

/** A client's side of a federated algorithm: what its local steps do besides following the gradient of its own loss. */
public interface LocalAlgorithm extends Serializable {

    /**
     * Begins a client's round.
     *
     * @param model the client's model, which still has the tensors that the server sent
     * @param control what the server sends beside the model, such as SCAFFOLD's control variate; often empty
     * @param scope owns the session's arrays
     */
    Session begin(ClientModel model, TensorMap control, NDManager scope);

    /** One client's round. Used by one thread. */
    interface Session {

        /**
         * Changes the gradients of a step in place, before they are clipped.
         *
         * @param gradients of the tensors that train, by name
         */
        void adjust(SortedMap<String, NDArray> gradients);

        /**
         * What the client sends besides its trained tensors, with exactly the names and shapes of the control that it was
         * sent.
         *
         * @param steps of the optimizer in the round
         */
        default TensorMap sends(int steps) {
            return TensorMap.empty();
        }
    }
}
