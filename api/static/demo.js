// The company's own script: a button of its page opens the widget, and follows what happens in it.
"use strict";

document.getElementById("ask").addEventListener("click", () => document.querySelector("esg-qa")?.open());
