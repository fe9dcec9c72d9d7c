// Custom functions of xlremic. Generated from its registry.
(function () {
  "use strict";
  const ENDPOINT = %{endpoint};
  const TOKEN = %{token};
  const WAIT_MS = 5;
  const CODES = {
    "#VALUE!": "invalidValue", "#N/A": "notAvailable", "#NUM!": "invalidNumber", "#DIV/0!": "divisionByZero",
  };
  let waiting = [];

  function failure(code, message) {
    const kind = CODES[code] || "invalidValue";
    const shows = kind === "invalidValue" || kind === "notAvailable";  // the others take no message
    return new CustomFunctions.Error(CustomFunctions.ErrorCode[kind], shows ? message : undefined);
  }

  function plain(value) {
    if (Array.isArray(value)) return value.map(plain);
    if (value !== null && typeof value === "object" && typeof value.code === "string") return value.code;
    return value === undefined ? null : value;
  }

  function send() {
    const calls = waiting;
    waiting = [];
    fetch(ENDPOINT, {
      method: "POST",
      headers: { "Content-Type": "application/json", %{header}: TOKEN },
      body: JSON.stringify({ calls: calls.map((one) => ({ name: one.name, arguments: one.given })) }),
    })
      .then((response) => {
        if (!response.ok) throw new Error("it answers " + response.status);
        return response.json();
      })
      .then((answer) => {
        calls.forEach((one, i) => {
          const result = answer.results[i];
          if (result.error) one.reject(failure(result.error, result.message));
          else one.resolve(one.table && !Array.isArray(result.value) ? [[result.value]] : result.value);
        });
      })
      .catch((error) => {
        const message = "xlremic does not answer (" + error.message + "): is 'xlremic serve' running?";
        calls.forEach((one) => one.reject(failure("#N/A", message)));
      });
  }

  function register(name, table, count) {
    CustomFunctions.associate(name, function () {
      const given = Array.prototype.slice.call(arguments, 0, count).map(plain);
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setTimeout(send, WAIT_MS);
        waiting.push({ name, given, table, resolve, reject });
      });
    });
  }

%{functions}
})();
