package federa.ml;

import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;

/** The rounds. */
public interface RoundParams<E> extends HasParams<E> {

    /** Rounds in all. */
    default IntParam rounds() {
        return whole("rounds");
    }

    default E setRounds(int value) {
        return with(rounds(), value);
    }

    /** Clients sampled for each round. */
    default IntParam clientsPerRound() {
        return whole("clientsPerRound");
    }

    default E setClientsPerRound(int value) {
        return with(clientsPerRound(), value);
    }

    /** How much an update counts. */
    default Param<String> weighting() {
        return text("weighting");
    }

    default E setWeighting(String value) {
        return with(weighting(), value);
    }

    /** Evaluate the validation rows every so many rounds. */
    default IntParam evaluateEvery() {
        return whole("evaluateEvery");
    }

    default E setEvaluateEvery(int value) {
        return with(evaluateEvery(), value);
    }
}
