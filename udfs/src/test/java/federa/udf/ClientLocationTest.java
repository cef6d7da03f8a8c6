package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;

import federa.udf.ClientLocation.Resident;
import federa.udf.ClientLocation.Shared;
import org.junit.jupiter.api.Test;

class ClientLocationTest {

    private static final RuntimeException FAILURE = new IllegalArgumentException("'a secret' is no label");

    @Test
    void aFailureOfAResidentClientIsToldWithoutItsMessage() {
        Throwable told = new Resident("texts").told(FAILURE);

        assertThat(told)
                .hasMessage(
                        "java.lang.IllegalArgumentException; what it says stays where the client is, since it may quote"
                                + " examples")
                .hasNoCause();
        assertThat(told.getStackTrace()).isEqualTo(FAILURE.getStackTrace());
        assertThat(new Shared("/clients").told(FAILURE)).isSameAs(FAILURE);
    }

    @Test
    void aProcessThatNamesNoDirectoryHasNoResidentClients() {
        assertThat(System.getenv(Resident.VARIABLE)).isNull();
        Resident location = new Resident("texts");

        assertThat(location.clients()).isEmpty();
        assertThat(location.reaches(0)).isFalse();
        assertThat(new ClientNotHere(0))
                .hasMessageStartingWith("client 0 is on no executor that is alive; start the worker that has it");
        assertThat(new Shared("/clients").reaches(0)).isTrue();
    }
}
