/** The rule, as it is shown beside every new password; the server checks it. */
export const passwordHint = "At least 15 characters. A few unrelated words work well; spaces are fine.";
