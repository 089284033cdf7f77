// A button starts its work once at a time; if the work fails, a notice says why.

import { showNotice } from "./notice.js";

export async function whileBusy(button, work) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true"; // with `disabled`, the button would lose the focus
  try {
    await work();
  } catch (error) {
    showNotice(error.message);
  } finally {
    button.ariaBusy = null;
  }
}
